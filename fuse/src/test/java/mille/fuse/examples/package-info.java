/** File systems small enough to be read in a minute. They use what a stranger could: the module's public types. */
@NullMarked
package mille.fuse.examples;

import org.jspecify.annotations.NullMarked;
