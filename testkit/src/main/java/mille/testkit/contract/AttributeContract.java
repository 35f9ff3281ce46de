package mille.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import mille.linux.Errno;
import mille.linux.Fd;
import mille.linux.FileAttributes;
import mille.linux.FileSystemStat;
import mille.linux.O;
import mille.linux.Stat;
import mille.testkit.Expect;
import mille.testkit.Playground;
import org.junit.jupiter.api.Test;

/** Mode, owner, times, and what {@code statfs(2)} says. */
abstract class AttributeContract extends Chapter {
    AttributeContract(Path root) {
        super(root);
    }

    @Test
    void modeHasTwelveBits() throws IOException {
        here().file("file", 0644);
        for (int mode : new int[] {0, 0777, 07777, 04711, 02755, 01000, 0400}) {
            here().chmod("file", mode);
            assertEquals(Stat.S_IFREG | mode, here().stat("file").mode());
        }
        try (Fd file = here().open("file", O.RDONLY)) {
            FileAttributes.setMode(file, 0615);
            assertEquals(0615, Stat.of(file).permissions());
        }
        here().mkdir("dir");
        here().chmod("dir", 03777);
        assertEquals(Stat.S_IFDIR | 03777, here().stat("dir").mode());
        Expect.errno(Errno.ENOENT, () -> here().chmod("absent", 0600));
    }

    @Test
    void ownerAndGroupChangeTogetherOrAlone() throws IOException {
        here().file("file", 0644);
        here().chown("file", 1234, 5678);
        here().chown("file", -1, 70_000);
        here().chown("file", (int) 3_000_000_000L, -1);
        Stat stat = here().stat("file");
        assertEquals(3_000_000_000L, Integer.toUnsignedLong(stat.uid()));
        assertEquals(70_000, stat.gid());
        here().symlink("file", "link");
        here().chown("link", 1, 2);
        assertEquals(1, here().stat("link").uid());
        assertEquals(70_000, here().stat("file").gid());
        Expect.errno(Errno.ENOENT, () -> here().chown("absent", 1, 1));
    }

    @Test
    void timesKeepTheirNanosecondsAndMayLieBeforeTheEpoch() throws IOException {
        here().write("file", "content");
        Stat.Time accessed = new Stat.Time(1_000_000_000, 123_456_789);
        Stat.Time modified = new Stat.Time(-1_000, 999_999_999);
        here().utimes("file", accessed, modified);
        assertEquals(accessed, here().stat("file").accessed());
        assertEquals(modified, here().stat("file").modified());
        here().symlink("file", "link");
        here().utimes("link", new Stat.Time(3, 4), new Stat.Time(5, 6));
        assertEquals(new Stat.Time(5, 6), here().stat("link").modified());
        assertEquals(modified, here().stat("file").modified());
    }

    @Test
    void aTimeCanBeLeftOutOrTakenFromTheClock() throws IOException {
        here().write("file", "content");
        here().utimes("file", new Stat.Time(10, 1), new Stat.Time(20, 2));
        here().utimes("file", null, new Stat.Time(30, 3));
        assertEquals(new Stat.Time(10, 1), here().stat("file").accessed());
        here().utimes("file", FileAttributes.NOW, null);
        Stat stat = here().stat("file");
        assertTrue(stat.accessed().seconds() > 1_700_000_000);
        assertEquals(new Stat.Time(30, 3), stat.modified());
        here().utimes("file", new Stat.Time(10, 1), new Stat.Time(20, 2));
        try (Fd file = here().open("file", O.RDONLY)) {
            FileAttributes.setTimes(file, FileAttributes.NOW, FileAttributes.NOW);
        }
        assertTrue(here().stat("file").modified().seconds() > 1_700_000_000);
    }

    @Test
    void writingStampsTheFileAndChangingItsModeDoesNot() throws IOException {
        here().write("file", "content");
        here().utimes("file", new Stat.Time(10, 0), new Stat.Time(10, 0));
        here().chmod("file", 0600);
        here().chown("file", 1, 1);
        assertEquals(new Stat.Time(10, 0), here().stat("file").modified());
        assertTrue(here().stat("file").changed().seconds() > 1_700_000_000);
        here().append("file", "x");
        assertTrue(here().stat("file").modified().seconds() > 1_700_000_000);
    }

    /** {@code relatime}, which is the default of every mount. */
    @Test
    void readingStampsAFileThatWasChangedSinceItWasRead() throws IOException {
        here().write("file", "content");
        here().utimes("file", new Stat.Time(100, 0), new Stat.Time(200, 0));
        assertEquals("content", here().read("file"));
        Stat.Time read = here().stat("file").accessed();
        assertTrue(read.seconds() > 200, read::toString);
    }

    @Test
    void aNewFileIsBornAtItsOtherTimes() throws IOException {
        here().write("file", "content");
        Stat stat = here().stat("file");
        long now = Instant.now().getEpochSecond();
        assertTrue(Math.abs(now - stat.modified().seconds()) < 600, stat::toString);
        assertTrue(stat.born().seconds() == 0 || Math.abs(now - stat.born().seconds()) < 600, stat::toString);
        here().utimes("file", new Stat.Time(10, 0), new Stat.Time(10, 0));
        assertEquals(stat.born(), here().stat("file").born());
    }

    @Test
    void statOfAnOpenFileAndOfItsNameAgree() throws IOException {
        here().write("file", "content");
        try (Fd file = here().open("file", O.RDWR)) {
            assertEquals(here().stat("file"), Stat.of(file));
            Playground.writeAt(file, 100, "x");
            assertEquals(here().stat("file"), Stat.of(file));
            assertEquals(101, Stat.of(file).sizeBytes());
        }
    }

    @Test
    void theFileSystemCountsSensibly() throws IOException {
        here().write("file", "content");
        try (Fd file = here().open("file", O.RDONLY)) {
            FileSystemStat stat = FileSystemStat.of(file);
            assertTrue(stat.blocks() > 0, stat::toString);
            assertTrue(stat.freeBlocks() <= stat.blocks(), stat::toString);
            assertTrue(stat.availableBlocks() <= stat.freeBlocks(), stat::toString);
            assertTrue(stat.blockSizeBytes() >= 512, stat::toString);
            assertEquals(255, stat.nameMaxBytes());
        }
    }
}
