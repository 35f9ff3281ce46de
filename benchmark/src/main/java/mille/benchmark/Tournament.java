package mille.benchmark;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Plays rows with peers, round by round, so that what else the machine does hits all of them alike.
 *
 * @param rounds how often each peer does each row; what it shows is checked in the first
 * @param limit for one trial
 * @param progress hears of each trial that begins
 */
record Tournament(List<Peer> peers, List<Row> rows, int rounds, Duration limit, Consumer<String> progress) {
    /**
     * Plays all rounds on one stack.
     *
     * @param uring how the switch has been set; where somebody else turns it meanwhile, a trial has failed
     * @param suffix of the measures' names in the table
     */
    void play(Stack stack, Cpus cpus, Uring uring, String suffix, Results results)
            throws IOException, InterruptedException {
        for (int round = 0; round < rounds; round++) {
            Trial trial = new Trial(stack, cpus, limit, round == 0);
            for (Row row : rows) {
                for (int turn = 0; turn < peers.size(); turn++) {
                    // Another one begins in each round but the first, which gives the checks their reference.
                    Peer peer = peers.get((turn + round) % peers.size());
                    progress.accept(results.title() + ", round " + (round + 1) + " of " + rounds + ": " + row.name()
                            + suffix + ", " + peer.name());
                    Outcome outcome = trial.run(row, peer);
                    results.add(
                            row,
                            suffix,
                            peer,
                            uring.holds() ? outcome : new Outcome.Failed("somebody else turned enable_uring"));
                }
            }
        }
    }
}
