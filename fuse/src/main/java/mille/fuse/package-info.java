/**
 * The FUSE protocol as the kernel speaks it on {@code /dev/fuse}, with no C library between: implement {@link mille.fuse.FuseFileSystem} and
 * {@linkplain mille.fuse.FuseSession#mount mount} it.
 *
 * <p>A request travels: device, exchange (its bytes), dispatcher (which call it is), file system, reply in the same exchange, device. Only the
 * two ends know of the device, so that another transport can take its place.
 */
@NullMarked
package mille.fuse;

import org.jspecify.annotations.NullMarked;
