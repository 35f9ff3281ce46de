/**
 * Tars of layers, read and written as streams: ustar, PAX and GNU headers, sparse files, extended attributes, with names and values as
 * bytes from end to end.
 *
 * <p>{@link mille.oci.tar.TarReader} and {@link mille.oci.tar.TarWriter} know tars; {@link mille.oci.tar.LayerEntry} knows what an entry
 * means in a layer, and refuses what must not reach a disk. Nothing here touches a file.
 */
@NullMarked
package mille.oci.tar;

import org.jspecify.annotations.NullMarked;
