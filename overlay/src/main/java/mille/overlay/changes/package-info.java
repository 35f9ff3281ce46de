/**
 * Layers compared on disk, with nothing mounted: what an upper directory changed against the layers below it.
 *
 * <p>{@link mille.overlay.changes.UnionDirectory} is a read-only walk through a union, {@link mille.overlay.changes.Changes} compares two of
 * them.
 */
@NullMarked
package mille.overlay.changes;

import org.jspecify.annotations.NullMarked;
