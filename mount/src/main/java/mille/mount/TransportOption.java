package mille.mount;

import java.util.List;
import mille.fuse.Transport;

/** {@code transport=auto}, {@code dev} or {@code uring}: how FUSE's requests come to us. */
final class TransportOption {
    private static final String NAME = "transport=";

    private TransportOption() {}

    static boolean isKnown(String option) {
        return option.startsWith(NAME);
    }

    /**
     * @param options one an element; those that aren't {@link #isKnown known} are for somebody else, and of several the last holds
     * @throws IllegalArgumentException with one sentence, for a value that won't do
     */
    static Transport parse(List<String> options) {
        Transport transport = Transport.AUTO;
        for (String option : options) {
            if (isKnown(option)) {
                String value = option.substring(NAME.length());
                transport = switch (value) {
                    case "auto" -> Transport.AUTO;
                    case "dev" -> Transport.DEVICE;
                    case "uring" -> Transport.URING;
                    default ->
                        throw new IllegalArgumentException(
                                "mount option 'transport' is auto, dev or uring, not '" + value + "'");
                };
            }
        }
        return transport;
    }
}
