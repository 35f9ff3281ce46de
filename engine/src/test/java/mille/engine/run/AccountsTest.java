package mille.engine.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import mille.engine.model.EngineException;
import mille.linux.Fd;
import mille.linux.O;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccountsTest {
    private static final Accounts ACCOUNTS = Accounts.parse("""
            root:x:0:0:root:/root:/bin/sh
            not an account
            alice:x:1000:1001::/home/alice:/bin/sh
            7:x:1007:1007::/home/seven:/bin/sh
            homeless:x:1008:1008:::/bin/sh
            """, """
            root:x:0:
            alice:x:1001:
            wheel:x:10:bob,alice,root
            audio:x:29:alice
            """);

    @ParameterizedTest
    @CsvSource({
        "'',           0,    0,    10,      /root",
        "root,         0,    0,    10,      /root",
        "alice,        1000, 1001, 10 29,   /home/alice",
        "1000,         1000, 1001, 10 29,   /home/alice",
        "alice:wheel,  1000, 10,   '',      /home/alice",
        "alice:77,     1000, 77,   '',      /home/alice",
        "4711,         4711, 0,    '',      /",
        "4711:4712,    4711, 4712, '',      /",
        ":wheel,       0,    10,   '',      /root",
        "7,            1007, 1007, '',      /home/seven",
        "homeless,     1008, 1008, '',      /"
    })
    void aUserIsWhoDockerTakesItFor(String spec, int uid, int gid, String groups, String home) throws Exception {
        List<Integer> expected = groups.isEmpty()
                ? List.of()
                : List.of(groups.split(" ")).stream().map(Integer::valueOf).toList();
        assertEquals(new ContainerUser(uid, gid, expected, home), ACCOUNTS.resolve(spec));
    }

    @Test
    void aNameThatIsInNeitherFileIsRefused() {
        var user = assertThrows(EngineException.class, () -> ACCOUNTS.resolve("bob"));
        assertTrue(String.valueOf(user.getMessage()).startsWith("unable to find user bob"), user.getMessage());
        var group = assertThrows(EngineException.class, () -> ACCOUNTS.resolve("alice:staff"));
        assertTrue(String.valueOf(group.getMessage()).startsWith("unable to find group staff"), group.getMessage());
    }

    @Test
    void aSymlinkInTheImageLeadsNowhereOutside(@TempDir Path directory) throws IOException {
        Files.writeString(directory.resolve("secret"), "spy:x:0:0::/:\n");
        Path root = directory.resolve("root");
        Files.createDirectories(root.resolve("etc"));
        Files.createSymbolicLink(root.resolve("etc/passwd"), directory.resolve("secret"));
        try (Fd fd = Fd.open(root, O.PATH | O.DIRECTORY)) {
            Accounts outside = Accounts.read(fd);
            assertThrows(EngineException.class, () -> outside.resolve("spy"));
            Files.createDirectories(root.resolve("other"));
            Files.delete(root.resolve("etc/passwd"));
            Files.createSymbolicLink(root.resolve("etc/passwd"), Path.of("/../other/passwd"));
            Files.writeString(root.resolve("other/passwd"), "inside:x:5:6::/:\n");
            assertEquals(5, Accounts.read(fd).resolve("inside").uid());
        }
    }

    @Test
    void anImageWithoutAccountsHasNumbersAlone(@TempDir Path root) throws IOException {
        try (Fd fd = Fd.open(root, O.PATH | O.DIRECTORY)) {
            assertEquals(
                    new ContainerUser(0, 0, List.of(), "/"), Accounts.read(fd).resolve(""));
            assertEquals(5, Accounts.read(fd).resolve("5").uid());
        }
    }
}
