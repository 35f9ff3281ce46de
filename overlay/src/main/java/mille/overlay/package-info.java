/**
 * Union semantics over layers: what OverlayFS does, with no transport. Lookup, copy-up, whiteouts and the rest work on
 * {@link mille.overlay.Node}s; a file server above translates its requests into calls.
 *
 * <h2>Locks</h2>
 *
 * Taken in this order, never two of one rank, and asserted by {@code Locks} when assertions are on:
 *
 * <ol>
 *   <li>COPY_UP: one a node, held while its data is copied. It comes first so that nobody waits for a large copy but who needs it: an
 *       operation copies up what it will change before it takes any other lock, which is safe since nothing is ever copied down.
 *   <li>RENAME: held shared by everything that reaches a file by its name, exclusively by a rename.
 *   <li>DIRECTORY: one a directory; shared to look a name up, exclusive to make or remove one.
 *   <li>NODE: one a node; shared to reach a file by its name, exclusive to publish its copy or to take its name away.
 *   <li>leaf locks: the node table, descriptor caches. Nothing is called with one held.
 * </ol>
 */
@NullMarked
package mille.overlay;

import org.jspecify.annotations.NullMarked;
