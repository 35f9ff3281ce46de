package mille.mount;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import mille.overlay.OverlayOptions;
import mille.overlay.OverlayOptions.Feature;
import mille.overlay.RedirectPolicy;
import mille.testkit.OverlayDriver;
import mille.testkit.OverlaySpec;

/** Our mount, as the suites ask for one. */
final class FuseDriver {
    static final OverlayDriver OURS = (spec, merged) -> {
        List<String> generic = new ArrayList<>();
        OverlayOptions options = optionsOf(spec, generic);
        return new FuseMounter().mount(options, merged, generic)::close;
    };

    private FuseDriver() {}

    /** Reads options as the kernel spells them; those that any mount may have go to {@code generic}. */
    private static OverlayOptions optionsOf(OverlaySpec spec, List<String> generic) {
        Set<Feature> features = EnumSet.noneOf(Feature.class);
        RedirectPolicy redirect = RedirectPolicy.OFF;
        for (String option : spec.options()) {
            switch (option) {
                case "index=on" -> features.add(Feature.INDEX);
                case "metacopy=on" -> features.add(Feature.METACOPY);
                case "xino=on" -> features.add(Feature.XINO);
                case "userxattr" -> features.add(Feature.USERXATTR);
                case "volatile" -> features.add(Feature.VOLATILE);
                case "index=off", "metacopy=off", "xino=off" -> {}
                case "redirect_dir=on", "redirect_dir=off", "redirect_dir=follow", "redirect_dir=nofollow" ->
                    redirect = RedirectPolicy.valueOf(
                            option.substring("redirect_dir=".length()).toUpperCase(Locale.ROOT));
                default -> generic.add(option);
            }
        }
        return new OverlayOptions(spec.lowers(), List.of(), spec.upper(), spec.work(), redirect, features);
    }
}
