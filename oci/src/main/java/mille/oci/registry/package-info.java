/**
 * Pulls from registries (OCI distribution spec) over {@code java.net.http}: {@link mille.oci.registry.RegistryClient} opens an image as an
 * {@link mille.oci.source.ImageSource}.
 *
 * <p>What goes wrong for a moment is tried again, what was cut is resumed, and all bytes are verified. Credentials go to the registry and
 * to the token server that it names, and to nobody that either redirects to. Plain http is for loopback addresses alone.
 */
@NullMarked
package mille.oci.registry;

import org.jspecify.annotations.NullMarked;
