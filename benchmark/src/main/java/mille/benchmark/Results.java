package mille.benchmark;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * A table in the making: measures down, peers across.
 *
 * @see Report
 */
final class Results {
    private final String title;
    private final List<Peer> peers;
    private final Map<String, Line> lines = new LinkedHashMap<>();
    private final Map<String, Sighting> sightings = new LinkedHashMap<>();
    private final Set<String> notes = new LinkedHashSet<>();

    /** One measure, with what each peer gave. */
    record Line(String measure, Unit unit, Map<Peer, Figures> figures) {
        OptionalDouble median(Peer peer) {
            return figures.getOrDefault(peer, new Figures()).median();
        }

        /** A peer's median as a part of the best of a family's; empty where either is missing or nothing. */
        OptionalDouble ratio(Peer peer, Peer.Family family) {
            OptionalDouble best = figures.keySet().stream()
                    .filter(other -> other.family() == family)
                    .map(this::median)
                    .flatMapToDouble(OptionalDouble::stream)
                    .min();
            OptionalDouble own = median(peer);
            return own.isPresent() && best.isPresent() && best.getAsDouble() > 0
                    ? OptionalDouble.of(own.getAsDouble() / best.getAsDouble())
                    : OptionalDouble.empty();
        }
    }

    /** What a peer was the first to show for a check. */
    private record Sighting(Peer peer, String digest) {}

    Results(String title, List<Peer> peers) {
        this.title = title;
        this.peers = List.copyOf(peers);
    }

    /** Of the table. */
    String title() {
        return title;
    }

    List<Peer> peers() {
        return peers;
    }

    /** In the order in which they were first measured. */
    List<Line> lines() {
        return List.copyOf(lines.values());
    }

    /** What went wrong, for a person; what went wrong alike in several rounds stands here once. */
    List<String> notes() {
        return List.copyOf(notes);
    }

    /**
     * Takes in what a trial gave. A peer that shows something else than the first peer did has failed the row.
     *
     * @param suffix to tell a row's measures from those that it gave on another stack; empty where there is one
     */
    void add(Row row, String suffix, Peer peer, Outcome outcome) {
        switch (outcome) {
            case Outcome.Failed(String why) -> fail(row, suffix, peer, why);
            case Outcome.Measured(Map<String, Double> figures, Map<String, String> checks) -> {
                String difference = difference(row, suffix, peer, checks);
                if (difference.isEmpty()) {
                    row.measures().forEach((measure, unit) -> {
                        Figures known = figures(measure + suffix, unit, peer);
                        Optional.ofNullable(figures.get(measure)).ifPresent(known::add);
                    });
                } else {
                    fail(row, suffix, peer, difference);
                }
            }
        }
    }

    private void fail(Row row, String suffix, Peer peer, String why) {
        notes.add(row.name() + suffix + ", " + peer.name() + ": " + why);
        row.measures()
                .forEach(
                        (measure, unit) -> figures(measure + suffix, unit, peer).fail(why));
    }

    private Figures figures(String measure, Unit unit, Peer peer) {
        return lines.computeIfAbsent(measure, name -> new Line(name, unit, new LinkedHashMap<>()))
                .figures()
                .computeIfAbsent(peer, any -> new Figures());
    }

    private String difference(Row row, String suffix, Peer peer, Map<String, String> checks) {
        for (Map.Entry<String, String> check : checks.entrySet()) {
            Sighting first = sightings.computeIfAbsent(
                    row.name() + suffix + "\t" + check.getKey(), any -> new Sighting(peer, check.getValue()));
            if (!first.digest().equals(check.getValue())) {
                return "its " + check.getKey() + " are not those that "
                        + first.peer().name() + " shows";
            }
        }
        return "";
    }
}
