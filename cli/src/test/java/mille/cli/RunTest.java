package mille.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import mille.cli.Installation.Result;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code mille run} on the default driver, with a real runtime and the image that is always there. */
class RunTest {
    private static final Installation HOST = new Installation();

    @BeforeAll
    static void makeTheImage() throws IOException {
        assertEquals(
                "hello\n",
                HOST.mille("run", "--rm", "busybox", "echo", "hello").orFail().output());
    }

    @AfterEach
    void nothingIsLeftMounted() throws IOException {
        assertEquals(List.of(), HOST.mounts());
    }

    @AfterAll
    static void close() throws IOException {
        HOST.close();
    }

    private static Result run(String... arguments) throws IOException {
        String[] all = new String[arguments.length + 2];
        all[0] = "run";
        all[1] = "--rm";
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return HOST.mille(all);
    }

    @Test
    void theExitCodeIsTheContainers() throws IOException {
        assertEquals(42, run("busybox", "sh", "-c", "exit 42").exitCode());
    }

    @Test
    void aCommandThatIsNotThereIs127() throws IOException {
        Result result = run("busybox", "nosuch");
        assertEquals(127, result.exitCode());
        assertEquals(
                "mille: 'nosuch' is not found in the container's PATH: give a command that the image has, or its full path\n",
                result.errors());
        assertEquals(127, run("busybox", "/no/such").exitCode());
    }

    @Test
    void aCommandThatCanNotBeExecutedIs126() throws IOException {
        Result result = run("busybox", "/etc/passwd");
        assertEquals(126, result.exitCode());
        assertTrue(result.errors().startsWith("mille: '/etc/passwd' can't be executed"), result.errors());
    }

    @Test
    void whatIsOurFaultIs125() throws IOException {
        Result user = run("--user", "nobody-at-all", "busybox", "id");
        assertEquals(125, user.exitCode());
        assertTrue(user.errors().contains("unable to find user nobody-at-all"), user.errors());
        Result runtime = run("--runtime", "no-such-runtime", "busybox", "id");
        assertEquals(125, runtime.exitCode());
        assertTrue(runtime.errors().contains("the runtime 'no-such-runtime' can't be run"), runtime.errors());
        Result image = run("--pull", "never", "no-such-image", "id");
        assertEquals(125, image.exitCode());
        assertTrue(image.errors().contains("no such image: no-such-image"), image.errors());
    }

    @Test
    void outputAndErrorsStayApart() throws IOException {
        Result result = run("busybox", "sh", "-c", "echo out; echo err >&2");
        assertEquals("out\n", result.output());
        assertEquals("err\n", result.errors());
    }

    @Test
    void inputReachesTheContainerWithDashIAlone() throws IOException {
        assertEquals(
                "in\n",
                HOST.milleReading("in\n", "run", "--rm", "-i", "busybox", "cat").output());
        assertEquals(
                "", HOST.milleReading("in\n", "run", "--rm", "busybox", "cat").output());
    }

    @Test
    void muchOutputArrivesWhole() throws IOException {
        Result result = run("busybox", "sh", "-c", "seq 1 200000");
        assertEquals(200000, result.output().lines().count());
        assertTrue(result.output().endsWith("\n199999\n200000\n"));
    }

    @Test
    void aUserIsFoundInTheImagesOwnFiles() throws IOException {
        Path passwd = HOST.path("passwd");
        Path group = HOST.path("group");
        Files.writeString(passwd, "root:x:0:0::/root:/bin/sh\nalice:x:1000:1001::/home/alice:/bin/sh\n");
        Files.writeString(group, "root:x:0:\nalice:x:1001:\nwheel:x:10:bob,alice\n");
        HOST.mille("create", "--name", "accounts", "busybox").orFail();
        Path upper = Path.of(HOST.mille("inspect", "accounts")
                .orFail()
                .output()
                .replaceAll("(?s).*\"UpperDir\": \"([^\"]*)\".*", "$1"));
        Files.createDirectories(upper.resolve("etc"));
        Files.copy(passwd, upper.resolve("etc/passwd"));
        Files.copy(group, upper.resolve("etc/group"));
        assertEquals(0, HOST.mille("start", "accounts").exitCode());
        HOST.mille("rm", "accounts").orFail();
        // The same, through files that are mounted: those are not the image's, so that a number is all that is known.
        assertEquals(
                "uid=1000 gid=0\n",
                run("-u", "1000", "busybox", "sh", "-c", "id | tr ' ' '\\n' | sed 's/(.*//' | head -2 | paste -sd ' '")
                        .output());
    }

    @Test
    void theEnvironmentIsTheImagesAndTheUsers() throws IOException {
        Path file = HOST.path("variables");
        Files.writeString(file, "# comment\nFROM_FILE=file value\nBOTH=file\n");
        Result result = run(
                "-e",
                "A=1",
                "--env",
                "BOTH=option",
                "--env-file",
                file.toString(),
                "-w",
                "/some/where",
                "--hostname",
                "named",
                "busybox",
                "sh",
                "-c",
                "echo $A,$FROM_FILE,$BOTH,$HOME,$HOSTNAME,$(hostname),$PWD,$PATH");
        assertEquals(
                "1,file value,option,/root,named,named,/some/where,"
                        + "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n",
                result.output());
    }

    @Test
    void volumesAreSharedAsAskedFor() throws IOException {
        Path data = HOST.directory("data");
        Files.writeString(data.resolve("given"), "given");
        Path made = HOST.path("made/by/run");
        Result result = run(
                "-v",
                data + ":/data:ro",
                "-v",
                made + ":/made",
                "busybox",
                "sh",
                "-c",
                "cat /data/given; touch /data/x; echo taken > /made/taken");
        assertEquals("given", result.output());
        assertTrue(result.errors().contains("Read-only file system"), result.errors());
        assertEquals("taken\n", Files.readString(made.resolve("taken")));
        assertFalse(Files.exists(data.resolve("x")));
    }

    @Test
    void anEntrypointReplacesTheImagesCommand() throws IOException {
        assertEquals("a b\n", run("--entrypoint", "echo", "busybox", "a", "b").output());
    }

    @Test
    void aReadOnlyRootTakesNoChange() throws IOException {
        Result result = run("--read-only", "busybox", "touch", "/x");
        assertEquals(1, result.exitCode());
        assertTrue(result.errors().contains("Read-only file system"), result.errors());
    }

    @Test
    void withoutANetworkThereIsALoopbackDeviceAlone() throws IOException {
        assertEquals("lo\n", run("busybox", "ls", "/sys/class/net").output());
        assertEquals(
                mille.testkit.Command.run("readlink", "/proc/self/ns/net"),
                run("--network", "host", "busybox", "readlink", "/proc/self/ns/net")
                        .output());
    }

    @Test
    void aContainerHasNamesForItself() throws IOException {
        assertEquals(
                "named\n127.0.0.1\n",
                run("--hostname", "named", "busybox", "sh", "-c", "cat /etc/hostname; grep named /etc/hosts | cut -f1")
                        .output());
        assertEquals(
                Files.readString(Path.of("/etc/resolv.conf")),
                run("busybox", "cat", "/etc/resolv.conf").output());
    }

    @Test
    void aContainerHasWhatDockerGivesIt() throws IOException {
        Result result = run(
                "busybox",
                "sh",
                "-c",
                "grep CapBnd /proc/self/status; echo $$; ls /dev | paste -sd,; (echo x > /proc/sys/kernel/domainname); cat /proc/kcore | wc -c");
        assertEquals("""
                CapBnd:\t00000000a80425fb
                1
                fd,full,mqueue,null,ptmx,pts,random,shm,stderr,stdin,stdout,tty,urandom,zero
                0
                """, result.output());
    }

    @Test
    void whatItChangedIsThereWhenItIsStartedAgain() throws IOException {
        HOST.mille("run", "--name", "again", "busybox", "sh", "-c", "echo run >> /runs; cat /runs; exit 3");
        Result again = HOST.mille("start", "again");
        assertEquals(3, again.exitCode());
        assertEquals("run\nrun\n", again.output());
        assertEquals("run\nrun\nrun\n", HOST.mille("logs", "again").output());
        assertEquals("A /runs\n", HOST.mille("diff", "again").output());
        HOST.mille("rm", "again").orFail();
    }

    @Test
    void removingAtTheEndLeavesNothing() throws IOException {
        run("busybox", "sh", "-c", "echo x > /x").orFail();
        assertEquals("", HOST.mille("ps", "-aq").orFail().output());
        try (var containers = Files.list(HOST.store().resolve("containers"))) {
            assertEquals(List.of(), containers.toList());
        }
    }

    @Test
    void aClosedPipeEndsTheWriter() throws IOException {
        List<String> mille = HOST.command("run", "--rm", "busybox", "yes");
        List<String> pipeline = List.of("bash", "-c", "\"$@\" | head -n 2", "-", mille.getFirst());
        List<String> command = new java.util.ArrayList<>(pipeline);
        command.addAll(mille.subList(1, mille.size()));
        Process process = Installation.builder(command).start();
        assertEquals(
                "y\ny\n", new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
        assertEquals(0, Installation.exitCodeOf(process, command));
    }
}
