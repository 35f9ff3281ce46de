/** What of the protocol is measured from inside: a request from its bytes to those of its reply. */
@NullMarked
package mille.fuse;

import org.jspecify.annotations.NullMarked;
