/** OverlayFS as a mount: {@link mille.mount.Mounter} and its two drivers. */
@NullMarked
package mille.mount;

import org.jspecify.annotations.NullMarked;
