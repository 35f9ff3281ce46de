/** To be written. */
@NullMarked
package mille.oci;

import org.jspecify.annotations.NullMarked;
