package mille.engine.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StartFailureTest {
    /** The sentences of runc 1.1 and crun 1.8. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "127 | runc create failed: unable to start container process: exec: \"x\": executable file not found in $PATH",
                "127 | runc create failed: unable to start container process: exec: \"/x\": stat /x: no such file or directory",
                "126 | runc create failed: unable to start container process: exec: \"/etc/passwd\": permission denied",
                "126 | runc create failed: unable to start container process: exec: \"/etc\": is a directory",
                "127 | executable file `x` not found in $PATH: No such file or directory",
                "126 | open executable: Permission denied",
                "125 | runc create failed: cgroups: cgroup mountpoint does not exist",
                "125 | error mounting \"/no/such\" to rootfs at \"/x\": stat /no/such: no such file or directory",
            })
    void aRuntimesSentenceBecomesDockersExitCode(int exitCode, String sentence) {
        assertEquals(exitCode, StartFailure.of(sentence).exitCode());
    }
}
