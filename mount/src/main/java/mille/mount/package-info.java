/** An overlay as a mount: ours over FUSE, or the kernel's own. */
@NullMarked
package mille.mount;

import org.jspecify.annotations.NullMarked;
