/** To be written. */
@NullMarked
package mille.engine;

import org.jspecify.annotations.NullMarked;
