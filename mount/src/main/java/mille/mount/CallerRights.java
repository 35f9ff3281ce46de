package mille.mount;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What {@code /proc} says of who asks, where a request's user id says too little. */
final class CallerRights {
    private static final long SYS_ADMIN = 1L << 21;
    private static final String EFFECTIVE = "CapEff:";

    private CallerRights() {}

    /**
     * Whether a thread has CAP_SYS_ADMIN, in our own user namespace: root of a container has it rarely, and that of a user namespace not
     * here.
     *
     * @param thread its id; 0 for one in a process namespace that we don't see, where all there is to judge by is the user
     */
    static boolean isAdministrator(int thread, int uid) {
        if (thread == 0) {
            return uid == 0;
        }
        Path process = Path.of("/proc", String.valueOf(thread));
        try {
            for (String line : Files.readAllLines(process.resolve("status"))) {
                if (line.startsWith(EFFECTIVE)) {
                    long capabilities = Long.parseUnsignedLong(
                            line.substring(EFFECTIVE.length()).strip(), 16);
                    return (capabilities & SYS_ADMIN) != 0
                            && Files.readSymbolicLink(process.resolve("ns/user"))
                                    .equals(Files.readSymbolicLink(Path.of("/proc/self/ns/user")));
                }
            }
            return false;
        } catch (IOException e) {
            return false; // it has ended
        }
    }
}
