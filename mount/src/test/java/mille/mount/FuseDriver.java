package mille.mount;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import mille.overlay.OverlayOptions;
import mille.overlay.RedirectPolicy;
import mille.testkit.OverlayDriver;

/** Our mount, as the suites ask for one. */
final class FuseDriver {
    static final OverlayDriver OURS = (spec, merged) -> {
        Set<OverlayOptions.Feature> features = EnumSet.noneOf(OverlayOptions.Feature.class);
        return new FuseMounter()
                .mount(
                        new OverlayOptions(
                                spec.lowers(), List.of(), spec.upper(), spec.work(), RedirectPolicy.OFF, features),
                        merged,
                        spec.options())::close;
    };

    private FuseDriver() {}
}
