/**
 * The documents of an image as values: {@link mille.oci.Reference} names one, {@link mille.oci.Index} and {@link mille.oci.Manifest} lead to
 * its blobs, {@link mille.oci.ImageConfig} says how it runs, {@link mille.oci.DiffId} and {@link mille.oci.ChainId} identify its layers.
 *
 * <p>What is digested is always the bytes as they were received: a document that is read and written again may differ from its source, so
 * {@link mille.oci.RawManifest} keeps the bytes. Unknown fields of a document are ignored. A malformed document is an
 * {@link java.io.IOException} whose message names the field.
 */
@NullMarked
package mille.oci;

import org.jspecify.annotations.NullMarked;
