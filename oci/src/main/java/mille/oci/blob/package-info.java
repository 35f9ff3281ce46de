/** Streams of blobs: measured, verified, compressed and decompressed as they flow. */
@NullMarked
package mille.oci.blob;

import org.jspecify.annotations.NullMarked;
