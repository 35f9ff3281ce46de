package mille.mount;

import mille.testkit.OverlayDriver;

/** Our mount, as the suites ask for one: by the options that the kernel's takes. */
final class FuseDriver {
    static final OverlayDriver OURS = (spec, merged) -> {
        MountOptions options = MountOptions.parse(spec.mountData());
        return new FuseMounter().mount(options.overlay(), merged, options.generic())::close;
    };

    private FuseDriver() {}
}
