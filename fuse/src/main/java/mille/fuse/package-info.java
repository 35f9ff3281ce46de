/** To be written. */
@NullMarked
package mille.fuse;

import org.jspecify.annotations.NullMarked;
