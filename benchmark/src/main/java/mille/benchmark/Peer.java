package mille.benchmark;

import java.util.ArrayList;
import java.util.List;

/**
 * Something that mounts a union.
 *
 * @param name the heading of its column
 * @param command what mounts, up to the option that names the layers
 */
record Peer(String name, Family family, List<String> command) {
    /** Whom a figure is compared with. */
    enum Family {
        KERNEL,
        FUSE_OVERLAYFS,
        MILLE
    }

    Peer {
        command = List.copyOf(command);
    }

    /** The whole command, which runs in the directory of the layers. */
    List<String> mountCommand(Stack stack) {
        // Names relative to the current directory, because all options together may not be longer than a page for the
        // kernel.
        String lowers = family == Family.KERNEL ? stack.relativeLowers() : stack.absoluteLowers();
        List<String> words = new ArrayList<>(command);
        words.add("-o");
        words.add("lowerdir=" + lowers + ",upperdir=" + stack.upper() + ",workdir=" + stack.work());
        words.add(stack.merged().toString());
        return words;
    }
}
