/** To be written. */
@NullMarked
package mille.testkit;

import org.jspecify.annotations.NullMarked;
