package mille.benchmark;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;

/** The kernel's switch for FUSE over io_uring, which counts when a connection begins. */
enum Uring {
    ON("Y"),
    OFF("N"),
    KEEP("");

    private final String value;

    Uring(String value) {
        this.value = value;
    }

    /** Whether the switch, which is the whole machine's, is as wanted. */
    boolean holds() throws IOException {
        return this == KEEP || Files.readString(Machine.URING).strip().equals(value);
    }

    /** The switch in another position until this is closed. */
    static final class Setting implements Closeable {
        private final String before;

        private Setting(String before) {
            this.before = before;
        }

        static Setting of(Uring wanted) throws IOException {
            Setting setting = new Setting(
                    wanted == KEEP ? "" : Files.readString(Machine.URING).strip());
            if (wanted != KEEP) {
                Files.writeString(Machine.URING, wanted.value);
            }
            return setting;
        }

        @Override
        public void close() throws IOException {
            if (!before.isEmpty()) {
                Files.writeString(Machine.URING, before);
            }
        }
    }
}
