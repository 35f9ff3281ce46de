/** To be written. */
@NullMarked
package mille.cli;

import org.jspecify.annotations.NullMarked;
