package mille.mount;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import mille.testkit.OverlayDriver;
import mille.testkit.OverlaySpec;
import mille.testkit.UringOffer;

/** Our mount, as the suites ask for one: by the options that the kernel's takes. */
final class FuseDriver {
    static final OverlayDriver OURS = (spec, merged) -> mount(spec, merged, "transport=dev");

    /** The same with requests over io_uring. */
    static final OverlayDriver OVER_IO_URING = (spec, merged) -> {
        try (UringOffer _ = UringOffer.set(true)) {
            return mount(spec, merged, "transport=uring");
        }
    };

    private FuseDriver() {}

    private static Closeable mount(OverlaySpec spec, Path merged, String transport) throws IOException {
        MountOptions options = MountOptions.parse(spec.mountData() + "," + transport);
        return new FuseMounter().mount(options.overlay(), merged, options.generic())::close;
    }
}
