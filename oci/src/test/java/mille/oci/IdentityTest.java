package mille.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Digests, chain IDs and platforms: what things are told apart by. */
class IdentityTest {
    private static final String EMPTY_SHA256 =
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    @Test
    void aDigestIsThatOfTheBytes() {
        assertEquals(EMPTY_SHA256, Digest.of(new byte[0]).toString());
        assertEquals("e3b0c44298fc", Digest.parse(EMPTY_SHA256).shortHex());
        assertEquals(128, Digest.of(Digest.Algorithm.SHA512, new byte[0]).hex().length());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ":", "sha256:", "sha256:E3", "sha256", "sha256:../../../../etc/passwd", "md5:00", "sha512:00"
            })
    void aMalformedDigestIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> Digest.parse(text));
    }

    @Test
    void anUpperCaseDigestIsRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> Digest.parse("sha256:" + EMPTY_SHA256.substring(7).toUpperCase(Locale.ROOT)));
    }

    @Test
    void aChainIdHashesWhatLiesBelow() {
        DiffId lower = new DiffId(Digest.of("lower".getBytes(StandardCharsets.UTF_8)));
        DiffId upper = new DiffId(Digest.of("upper".getBytes(StandardCharsets.UTF_8)));

        List<ChainId> chain = ChainId.chain(List.of(lower, upper));

        assertEquals(lower.digest(), chain.get(0).digest());
        assertEquals(
                Digest.of((lower + " " + upper).getBytes(StandardCharsets.UTF_8)),
                chain.get(1).digest());
        assertEquals(List.of(), ChainId.chain(List.of()));
    }

    @ParameterizedTest
    @CsvSource({
        "linux/amd64, linux/amd64",
        "linux/x86_64, linux/amd64",
        "aarch64, linux/arm64",
        "arm/v6, linux/arm/v6",
        "windows/amd64, windows/amd64",
        "linux/arm64/v8, linux/arm64",
        "linux/arm64/8, linux/arm64",
        "linux/arm64/v9, linux/arm64/v9",
        "linux/arm/v7, linux/arm",
        "linux/arm/6, linux/arm/v6",
        "linux/armhf, linux/arm",
        "linux/armel, linux/arm/v6",
        "linux/AMD64/v1, linux/amd64",
        "linux/amd64/v3, linux/amd64/v3",
        "linux/riscv64, linux/riscv64",
    })
    void platformsAreBroughtToOneName(String text, String platform) {
        assertEquals(platform, Platform.parse(text).toString());
    }

    @Test
    void anArmRunsWhatIsBelowIt() {
        assertEquals(
                List.of(Platform.parse("linux/arm/v7"), Platform.parse("linux/arm/v6"), Platform.parse("linux/arm/v5")),
                Platform.parse("linux/arm/v7").runnable());
        assertEquals(
                List.of(Platform.parse("linux/amd64/v2"), Platform.parse("linux/amd64")),
                Platform.parse("linux/amd64/v2").runnable());
        assertEquals(
                List.of(Platform.parse("linux/s390x")),
                Platform.parse("linux/s390x").runnable());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "linux/", "a/b/c/d", "linux/am d64", "linux/../x"})
    void aMalformedPlatformIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> Platform.parse(text));
    }
}
