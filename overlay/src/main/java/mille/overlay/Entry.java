package mille.overlay;

import mille.linux.Stat;

/**
 * A node that a name led to. Who gets one owes {@link Overlay#forget} one lookup.
 *
 * @param stat as users see it
 */
public record Entry(long nodeId, Stat stat) {}
