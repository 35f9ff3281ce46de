package mille.fuse;

import java.util.Set;

/**
 * What kernel and server agreed on at INIT. A server that takes a mount over from another needs it, as INIT comes only once.
 *
 * @param minor the protocol is 7.{@code minor}
 * @param flags the bits of all capabilities that both have
 * @param transferBytes the most data in one READ or WRITE
 */
public record Negotiated(int minor, long flags, int transferBytes) {

    public boolean has(Capability capability) {
        return (flags & capability.bit()) != 0;
    }

    Negotiated without(Capability capability) {
        return new Negotiated(minor, flags & ~capability.bit(), transferBytes);
    }

    public Set<Capability> capabilities() {
        return Capability.of(flags);
    }
}
