/**
 * Union semantics over layers: what OverlayFS does, with no transport. Lookup, copy-up, whiteouts and the rest work on
 * {@link mille.overlay.Node}s; a file server above translates its requests into calls.
 *
 * <h2>Locks</h2>
 *
 * Taken in this order, and asserted by {@code Locks} when assertions are on:
 *
 * <ol>
 *   <li>RENAME: held shared by everything that changes a name, exclusively by a rename that moves a directory.
 *   <li>DIRECTORY: one a directory, parents before children; of two that aren't related, the one with the smaller node id first.
 *   <li>COPY_UP: one a node, ancestors before descendants.
 *   <li>leaf locks: the node table, descriptor caches. Nothing is called with one held.
 * </ol>
 */
@NullMarked
package mille.overlay;

import org.jspecify.annotations.NullMarked;
