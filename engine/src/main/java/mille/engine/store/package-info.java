/**
 * Everything that Mille keeps on disk: blobs, layers, images and containers under one root ({@code docs/on-disk.md}).
 *
 * <h2>What makes it hold</h2>
 *
 * <ul>
 *   <li>The database is the truth: what it doesn't name isn't there. Files are put in place and synced before the transaction that names
 *       them, and moved away after the one that forgets them; a crash in between leaves an orphan, never a promise that isn't kept.
 *   <li>Whoever puts a file in place or moves an orphan away does it inside a write transaction. SQLite lets one in at a time, over all
 *       processes, so nobody takes for an orphan what somebody else is about to name.
 *   <li>What is half made lies in the {@link mille.engine.store.Session}'s own directory under {@code staging}. A session holds a lock
 *       on a file as long as its process lives; what the kernel unlocked belongs to the dead and is swept.
 *   <li>What a session uses but no image names yet, it leases. A garbage collection takes only what has neither reference nor lease.
 *   <li>What goes is first renamed into {@code trash}, then deleted name by name.
 * </ul>
 *
 * <h2>Locks</h2>
 *
 * In this order: a container's lock file, a session's lock file, the store's lock file, the database. The store's lock file is held
 * only while the store is opened.
 */
@NullMarked
package mille.engine.store;

import org.jspecify.annotations.NullMarked;
