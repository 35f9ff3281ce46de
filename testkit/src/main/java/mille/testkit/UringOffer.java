package mille.testkit;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import mille.linux.Fd;
import mille.linux.FileLock;
import mille.linux.O;

/**
 * Whether the kernel offers FUSE over io_uring to who mounts meanwhile (Linux 6.14 and later; root may say so at any time). Mounts that exist
 * stay as they are. While one is open others wait, in other processes too; closing it puts back what was there before.
 */
public final class UringOffer implements Closeable {
    private static final Path SWITCH = Path.of("/sys/module/fuse/parameters/enable_uring");

    private final Fd lock;
    private final String before;

    private UringOffer(Fd lock, String before) {
        this.lock = lock;
        this.before = before;
    }

    public static UringOffer set(boolean offered) throws IOException {
        Fd lock = Fd.open(SWITCH, O.RDONLY);
        try {
            FileLock.exclusive(lock);
            UringOffer offer = new UringOffer(lock, Files.readString(SWITCH).strip());
            Files.writeString(SWITCH, offered ? "Y" : "N");
            return offer;
        } catch (IOException | RuntimeException | Error failed) {
            lock.close();
            throw failed;
        }
    }

    @Override
    public void close() throws IOException {
        try {
            Files.writeString(SWITCH, before);
        } finally {
            lock.close();
        }
    }
}
