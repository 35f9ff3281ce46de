package mille.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import mille.linux.ErrnoException;
import mille.linux.FileName;
import mille.testkit.Playground;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the kernel remembers, it remembers until it is told: behind its back, the host's directory is changed directly. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NotificationTest {
    @AutoClose
    private final SessionFixture fixture = new SessionFixture(transport());

    private final FileName name = FileName.of("file");
    private final Path behind = fixture.shown.resolve("file");
    private final Path seen = fixture.mounted.resolve("file");

    /** How requests come. */
    Transport transport() {
        return Transport.DEVICE;
    }

    @Test
    void dataIsRememberedUntilItsNodeIsInvalidated() throws IOException {
        PassthroughFileSystem fileSystem = fixture.remembered();
        Files.writeString(behind, "old");
        FuseConnection connection =
                fixture.mount(fileSystem, Capability.EXPLICIT_INVAL_DATA).connection();
        assertEquals("old", Files.readString(seen));
        Files.writeString(behind, "new");
        assertEquals("old", Files.readString(seen));
        assertTrue(connection.invalidateNode(fileSystem.nodeId("file")));
        assertEquals("new", Files.readString(seen));
        assertFalse(connection.invalidateNode(12345));
    }

    @Test
    void attributesAreRememberedUntilTheyAreInvalidated() throws IOException {
        PassthroughFileSystem fileSystem = fixture.remembered();
        Files.createFile(behind);
        FuseConnection connection = fixture.mount(fileSystem).connection();
        try (Playground host = Playground.at(fixture.shown);
                Playground mount = Playground.at(fixture.mounted)) {
            host.chmod("file", 0640);
            assertEquals(0640, mount.stat("file").permissions());
            host.chmod("file", 0600);
            assertEquals(0640, mount.stat("file").permissions());
            assertTrue(connection.invalidateAttributes(fileSystem.nodeId("file")));
            assertEquals(0600, mount.stat("file").permissions());
        }
    }

    @Test
    void absenceAndPresenceOfNamesAreRememberedUntilTheyAreInvalidated() throws IOException {
        FuseConnection connection = fixture.mount(fixture.remembered()).connection();
        assertFalse(Files.exists(seen));
        Files.createFile(behind);
        assertFalse(Files.exists(seen));
        assertTrue(connection.invalidateName(Request.ROOT_NODE, name));
        assertTrue(Files.exists(seen));
        Files.delete(behind);
        assertTrue(Files.exists(seen));
        assertTrue(connection.invalidateName(Request.ROOT_NODE, name));
        assertFalse(Files.exists(seen));
        assertFalse(connection.invalidateName(Request.ROOT_NODE, FileName.of("never-heard-of")));
    }

    @Test
    void aNameThatExpiresIsLookedUpAgain() throws IOException {
        FuseConnection connection =
                fixture.mount(fixture.remembered(), Capability.HAS_EXPIRE_ONLY).connection();
        Files.createFile(behind);
        assertTrue(Files.exists(seen));
        Files.delete(behind);
        assertTrue(Files.exists(seen));
        assertTrue(connection.expireName(Request.ROOT_NODE, name));
        assertFalse(Files.exists(seen));
    }

    @Test
    void aNameThatWasDeletedElsewhereIsGone() throws IOException {
        PassthroughFileSystem fileSystem = fixture.remembered();
        Files.createFile(behind);
        FuseConnection connection = fixture.mount(fileSystem).connection();
        assertTrue(Files.exists(seen));
        long node = fileSystem.nodeId("file");
        Files.delete(behind);
        assertTrue(connection.deleteName(Request.ROOT_NODE, node, name));
        assertFalse(Files.exists(seen));
    }

    @Test
    void dataThatIsPushedIsReadWithoutAsking() throws IOException {
        AtomicInteger reads = new AtomicInteger();
        PassthroughFileSystem fileSystem = new PassthroughFileSystem(fixture.shown, Reply.FOREVER) {
            @Override
            public void read(FileRequest.Read request, Reply.Data reply) throws ErrnoException {
                reads.incrementAndGet();
                super.read(request, reply);
            }
        };
        Files.writeString(behind, "of the host");
        FuseConnection connection = fixture.mount(fileSystem).connection();
        assertEquals(11, Files.size(seen));
        byte[] pushed = "of the push".getBytes(StandardCharsets.UTF_8);
        FuseConnection.StoreBuffer buffer = new FuseConnection.StoreBuffer(4096);
        buffer.data().putBytes(0, pushed, 0, pushed.length);
        assertTrue(connection.store(fileSystem.nodeId("file"), 0, buffer, pushed.length));
        assertEquals("of the push", Files.readString(seen));
        assertEquals(0, reads.get());
        assertFalse(connection.store(12345, 0, buffer, pushed.length));
    }

    @Test
    void aFileThatIsPassedThroughIsReadAndWrittenWithoutUs() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        PassthroughFileSystem fileSystem = new PassthroughFileSystem(fixture.shown, 0) {
            private final AtomicReference<FuseConnection> connection = new AtomicReference<>();
            private final AtomicReference<BackingFile> opened = new AtomicReference<>();

            @Override
            public void connected(FuseConnection made) {
                connection.set(made);
            }

            @Override
            public void open(Request.Open request, Reply.Open reply) throws ErrnoException {
                BackingFile backing = BackingFile.open(connection.get(), path(request.nodeId()));
                opened.set(backing);
                reply.passedThrough(1, 0, backing);
            }

            @Override
            public void release(FileRequest.Release request, Reply reply) throws ErrnoException {
                opened.get().close();
            }

            @Override
            public void read(FileRequest.Read request, Reply.Data reply) {
                asked.incrementAndGet();
            }

            @Override
            public void write(FileRequest.Write request, Reply.Written reply) {
                asked.incrementAndGet();
            }
        };
        Files.writeString(behind, "backing");
        assertTrue(fixture.mount(fileSystem, Capability.PASSTHROUGH)
                .connection()
                .negotiated()
                .has(Capability.PASSTHROUGH));
        assertEquals("backing", Files.readString(seen));
        try (Playground mount = Playground.at(fixture.mounted)) {
            mount.append("file", " and more");
        }
        assertEquals("backing and more", Files.readString(behind));
        assertEquals(0, asked.get());
    }
}
