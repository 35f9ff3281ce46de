package mille.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceTest {
    private static final String HEX = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    @ParameterizedTest
    @CsvSource({
        "busybox, docker.io/library/busybox:latest, busybox:latest",
        "busybox:1.36, docker.io/library/busybox:1.36, busybox:1.36",
        "user/image, docker.io/user/image:latest, user/image:latest",
        "library/busybox, docker.io/library/busybox:latest, busybox:latest",
        "docker.io/busybox, docker.io/library/busybox:latest, busybox:latest",
        "index.docker.io/busybox, docker.io/library/busybox:latest, busybox:latest",
        "docker.io/library/a/b, docker.io/library/a/b:latest, library/a/b:latest",
        "localhost/x, localhost/x:latest, localhost/x:latest",
        "localhost:5000/x, localhost:5000/x:latest, localhost:5000/x:latest",
        "localhost:5000/x:y, localhost:5000/x:y, localhost:5000/x:y",
        "[::1]:5000/x:y, [::1]:5000/x:y, [::1]:5000/x:y",
        "ghcr.io/a/b-c__d.e:V1, ghcr.io/a/b-c__d.e:V1, ghcr.io/a/b-c__d.e:V1",
        "HOST/x, HOST/x:latest, HOST/x:latest",
        "quay.io/a@sha256:" + HEX + ", quay.io/a@sha256:" + HEX + ", quay.io/a@sha256:" + HEX,
        "a:t@sha256:" + HEX + ", docker.io/library/a:t@sha256:" + HEX + ", a:t@sha256:" + HEX
    })
    void isReadAsDockerReadsIt(String typed, String full, String familiar) {
        Reference reference = Reference.parse(typed);

        assertEquals(full, reference.toString());
        assertEquals(familiar, reference.familiar());
        assertEquals(reference, Reference.parse(reference.toString()));
        assertEquals(reference, Reference.parse(reference.familiar()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "a/",
                "/a",
                "a//b",
                ":tag",
                "a:",
                "a@",
                "a@sha256:12",
                "a@md5:d41d8cd98f00b204e9800998ecf8427e",
                "a b",
                "a:b c",
                "a..b",
                "a___b",
                "-a",
                "a-",
                "../../etc/passwd",
                "host.name/../x",
                "https://docker.io/x",
                "a:b:c",
                "host.name:port/x",
                "a\n",
                HEX
            })
    void whatIsNoNameIsRefused(String typed) {
        assertThrows(IllegalArgumentException.class, () -> Reference.parse(typed));
    }

    @Test
    void upperCaseIsNamedAsTheMistake() {
        var refusal = assertThrows(IllegalArgumentException.class, () -> Reference.parse("user/BusyBox"));

        assertTrue(String.valueOf(refusal.getMessage()).contains("must be lower case"), refusal.getMessage());
    }

    @Test
    void aLongNameOfOneLetterIsJudgedQuickly() {
        String almost = "a".repeat(200) + "!";

        assertThrows(IllegalArgumentException.class, () -> Reference.parse(almost));
        assertThrows(IllegalArgumentException.class, () -> Reference.parse("a".repeat(100_000)));
    }

    @Test
    void aDigestDecidesBeforeATag() {
        assertEquals("sha256:" + HEX, Reference.parse("a:t@sha256:" + HEX).selector());
        assertEquals("t", Reference.parse("a:t").selector());
    }
}
