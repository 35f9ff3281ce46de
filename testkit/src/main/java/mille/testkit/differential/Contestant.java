package mille.testkit.differential;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import mille.testkit.Aspect;
import mille.testkit.OverlayDriver;
import mille.testkit.OverlayFixture;
import mille.testkit.OverlaySpec;
import mille.testkit.Playground;
import mille.testkit.TreeComparison;
import mille.testkit.TreeSnapshot;

/** One of the two overlays: layers of its own, and who plays on them. */
final class Contestant implements Closeable {
    /** Whoever mounts, and with which options. */
    record Entry(String name, OverlayDriver driver, List<String> options) {}

    private final Entry entry;
    private final Set<Aspect> aspects;
    private final OverlayFixture overlay;
    private final List<TreeSnapshot> lowersBefore = new ArrayList<>();
    private Player player;

    Contestant(Entry entry, List<List<Operation>> lowers, Set<Aspect> aspects) throws IOException {
        this.entry = entry;
        this.aspects = aspects;
        this.overlay = new OverlayFixture(entry.driver, lowers.size());
        try {
            for (int i = 0; i < lowers.size(); i++) {
                Path lower = overlay.lowers().get(i);
                try (Player builder = new Player(Playground.at(lower), Listing.AS_IT_IS, aspects)) {
                    for (Operation operation : lowers.get(i)) {
                        builder.play(operation);
                    }
                }
                lowersBefore.add(TreeSnapshot.of(lower));
            }
            this.player = start();
        } catch (IOException | AssertionError e) {
            overlay.close();
            throw e;
        }
    }

    private Player start() throws IOException {
        return new Player(
                Playground.at(overlay.mount(entry.options.toArray(String[]::new))), Listing.of(entry.driver), aspects);
    }

    String play(Operation operation) throws IOException {
        if (operation instanceof Operation.Remount) {
            player.close();
            player = start();
            return "done";
        }
        return player.play(operation);
    }

    /** The union as it is now. */
    TreeSnapshot merged() throws IOException {
        return tree(Listing.of(entry.driver));
    }

    private TreeSnapshot tree(Listing listing) throws IOException {
        return switch (listing) {
            case AS_IT_IS -> Normal.tree(overlay.merged());
            case WITHOUT_GHOSTS -> Normal.withoutGhosts(overlay.merged());
        };
    }

    /** Ends the mount, and the play with it. */
    void unmount() throws IOException {
        player.close();
        overlay.unmount();
    }

    TreeSnapshot upper() throws IOException {
        return Normal.tree(overlay.upper());
    }

    /** The union of the same directories as another driver shows it. */
    TreeSnapshot mergedBy(OverlayDriver other) throws IOException {
        var spec = OverlaySpec.writable(
                overlay.lowers(), overlay.upper(), overlay.work(), entry.options.toArray(String[]::new));
        try (var _ = other.mount(spec, overlay.merged())) {
            return tree(Listing.of(other));
        }
    }

    /** What has become different in the lowers, which nobody may change; empty if nothing has. */
    String changesOfLowers() throws IOException {
        StringBuilder report = new StringBuilder();
        for (int i = 0; i < lowersBefore.size(); i++) {
            report.append(TreeComparison.of(
                            lowersBefore.get(i),
                            TreeSnapshot.of(overlay.lowers().get(i)),
                            Aspect.ALL)
                    .report());
        }
        return report.toString();
    }

    @Override
    public void close() throws IOException {
        try {
            player.close();
        } finally {
            overlay.close();
        }
    }
}
