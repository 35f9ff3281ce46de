package mille.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {
    private static final Stack STACK = new Stack(Path.of("/tmp/stack"), 3);

    @Test
    void rowsComeInTheTablesOrderAndUnknownOnesAreNamed() {
        assertEquals(
                List.of("find", "tar"),
                Row.named(List.of("tar", "find")).stream().map(Row::name).toList());
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> Row.named(List.of("find", "fnid")));
        assertTrue(String.valueOf(e.getMessage()).startsWith("no such row: fnid; there are mount, find"), e::toString);
    }

    @Test
    void peersComeWithTheKernelFirstAndOursLast() {
        Peers peers = new Peers("./mille");
        peers.add("fo-2.0", Peer.Family.FUSE_OVERLAYFS, List.of("fuse-overlayfs"));
        assertEquals(
                List.of("kernel", "fo-2.0", "mille"),
                peers.named(List.of("mille", "fo-2.0", "kernel", "mille")).stream()
                        .map(Peer::name)
                        .toList());
        assertThrows(IllegalArgumentException.class, () -> peers.named(List.of("fo-1.10")));
    }

    @Test
    void theKernelGetsShortNamesAndAllGetTheTopmostLayerFirst() {
        Peers peers = new Peers("./mille");
        assertEquals(
                List.of(
                        "mount",
                        "-t",
                        "overlay",
                        "overlay",
                        "-o",
                        "lowerdir=2:1:0,upperdir=/tmp/stack/upper,workdir=/tmp/stack/work",
                        "/tmp/stack/merged"),
                peers.named(List.of("kernel")).getFirst().mountCommand(STACK));
        assertEquals(
                List.of(
                        "./mille",
                        "mount",
                        "-o",
                        "volatile",
                        "-o",
                        "lowerdir=/tmp/stack/lowers/2:/tmp/stack/lowers/1:/tmp/stack/lowers/0"
                                + ",upperdir=/tmp/stack/upper,workdir=/tmp/stack/work",
                        "/tmp/stack/merged"),
                peers.named(List.of("mille-volatile")).getFirst().mountCommand(STACK));
    }
}
