package mille.mount;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import mille.testkit.OverlayDriver;
import mille.testkit.OverlaySpec;
import mille.testkit.UringOffer;

/**
 * Our mount, as the suites ask for one: by the options that the kernel's takes.
 *
 * @param more options that only ours takes
 */
record FuseDriver(String more) implements OverlayDriver {
    static final FuseDriver OURS = new FuseDriver("transport=dev");
    static final FuseDriver LAZY = new FuseDriver("transport=dev,open=lazy");
    static final FuseDriver PASSING_ALL = new FuseDriver("transport=dev,passthrough=on");
    static final FuseDriver PASSING_NONE = new FuseDriver("transport=dev,passthrough=off");

    /** As {@link #OURS} with requests over io_uring. */
    static final OverlayDriver OVER_IO_URING = (spec, merged) -> {
        try (UringOffer _ = UringOffer.set(true)) {
            return new FuseDriver("transport=uring").mount(spec, merged);
        }
    };

    @Override
    public boolean copiesUpAtOpen() {
        return !this.equals(LAZY);
    }

    /** Who has a file open that the kernel reads by itself goes on with that one, and all others with its copy. */
    @Override
    public Set<Weakness> weaknesses() {
        return this.equals(PASSING_ALL) ? EnumSet.allOf(Weakness.class) : Set.of();
    }

    @Override
    public Closeable mount(OverlaySpec spec, Path merged) throws IOException {
        MountOptions options = MountOptions.parse(spec.mountData() + "," + more);
        return new FuseMounter().mount(options.overlay(), merged, options.generic())::close;
    }
}
