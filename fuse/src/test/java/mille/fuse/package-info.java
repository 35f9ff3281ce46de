/** Tests of the protocol, most of them on real mounts. */
@NullMarked
package mille.fuse;

import org.jspecify.annotations.NullMarked;
