/**
 * Where images come from, behind one interface: {@link mille.oci.source.ImageSource}. Archives and layouts on disk are opened by
 * {@link mille.oci.source.LocalImages}.
 */
@NullMarked
package mille.oci.source;

import org.jspecify.annotations.NullMarked;
