/** Tests on real mounts. */
@NullMarked
package mille.mount;

import org.jspecify.annotations.NullMarked;
