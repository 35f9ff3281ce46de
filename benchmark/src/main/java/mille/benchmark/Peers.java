package mille.benchmark;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The peers that there are on this machine, by name: the kernel first, ours last. */
final class Peers {
    private final Map<String, Peer> byName = new LinkedHashMap<>();

    /**
     * Those that are always there.
     *
     * @param mille the launcher of our command
     */
    Peers(String mille) {
        add("kernel", Peer.Family.KERNEL, List.of("mount", "-t", "overlay", "overlay"));
        add("kernel-volatile", Peer.Family.KERNEL, List.of("mount", "-t", "overlay", "overlay", "-o", "volatile"));
        add("mille", Peer.Family.MILLE, List.of(mille, "mount"));
        add("mille-volatile", Peer.Family.MILLE, List.of(mille, "mount", "-o", "volatile"));
    }

    /** A peer of its own name, which replaces one that has it. */
    void add(String name, Peer.Family family, List<String> command) {
        byName.put(name, new Peer(name, family, command));
    }

    /**
     * Those of these names, the kernel's first, ours last.
     *
     * @throws IllegalArgumentException for a name that no peer has
     */
    List<Peer> named(List<String> names) {
        List<Peer> found = new ArrayList<>();
        for (String name : names) {
            Peer peer = byName.get(name);
            if (peer == null) {
                throw new IllegalArgumentException(
                        "no such peer here: " + name + "; there are " + String.join(", ", byName.keySet()));
            }
            if (!found.contains(peer)) {
                found.add(peer);
            }
        }
        found.sort((one, other) -> one.family().compareTo(other.family()));
        return found;
    }
}
