package mille.benchmark;

import java.util.Map;

/** What came of one trial. */
sealed interface Outcome {
    /**
     * It went well.
     *
     * @param figures by the name of the measure
     * @param checks by name, a digest of what was seen, which has to be the same for all peers
     */
    record Measured(Map<String, Double> figures, Map<String, String> checks) implements Outcome {}

    /** It didn't, and why, in a line. */
    record Failed(String why) implements Outcome {}
}
