package mille.oci.registry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a server wants to be asked (RFC 9110, section 11.6.1).
 *
 * @param scheme lower case: {@code basic}, {@code bearer}
 * @param parameters names in lower case
 */
record Challenge(String scheme, Map<String, String> parameters) {
    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    private static final Pattern PARAMETER =
            Pattern.compile("\\s*,?\\s*(" + TOKEN + ")\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*+)\"|(" + TOKEN + "))");
    private static final Pattern SCHEME = Pattern.compile("\\s*,?\\s*(" + TOKEN + ")(?!\\s*=)");

    Challenge {
        parameters = Map.copyOf(parameters);
    }

    /** Reads the {@code WWW-Authenticate} headers of an answer; what is malformed ends its header. */
    static List<Challenge> parse(List<String> headers) {
        List<Challenge> challenges = new ArrayList<>();
        for (String header : headers) {
            int at = 0;
            Matcher scheme = SCHEME.matcher(header);
            while (scheme.region(at, header.length()).lookingAt()) {
                at = scheme.end();
                Map<String, String> parameters = new LinkedHashMap<>();
                Matcher parameter = PARAMETER.matcher(header);
                while (parameter.region(at, header.length()).lookingAt()) {
                    String quoted = parameter.group(2);
                    parameters.put(
                            parameter.group(1).toLowerCase(Locale.ROOT),
                            quoted == null ? parameter.group(3) : quoted.replaceAll("\\\\(.)", "$1"));
                    at = parameter.end();
                }
                challenges.add(new Challenge(scheme.group(1).toLowerCase(Locale.ROOT), parameters));
            }
        }
        return challenges;
    }
}
