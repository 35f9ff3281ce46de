package mille.testkit.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import mille.linux.Names;
import mille.linux.Stat;
import mille.linux.Xattrs;
import mille.testkit.Caller;

/**
 * What is played: how the lower layers come to be, the topmost first, and what is then done to the union.
 */
record Scenario(List<List<Operation>> lowers, List<Operation> operations) {
    private static final List<String> NAMES = List.of("a", "b", "c", "d");
    private static final int DEPTH_LIMIT = 3;
    private static final int SLOTS = 2;
    private static final int KEEP_SIZE = 1;
    private static final int PUNCH_HOLE = 2;

    /** The scenario that this seed stands for, for ever. */
    static Scenario random(long seed, int lowerCount, int operationCount) {
        Random random = new Random(seed);
        Guess guess = new Guess(random, NAMES, DEPTH_LIMIT);
        Dice dice = new Dice(random, guess);
        List<List<Operation>> lowers = new ArrayList<>();
        for (int i = 0; i < lowerCount; i++) {
            lowers.add(dice.layer());
        }
        lowers.reversed().forEach(guess::coverWith);
        List<Operation> operations = new ArrayList<>();
        for (int i = 0; i < operationCount; i++) {
            Operation next = dice.operation();
            guess.follow(next);
            operations.add(next);
        }
        return new Scenario(lowers, operations);
    }

    Scenario withOperations(List<Operation> others) {
        return new Scenario(lowers, others);
    }

    Scenario withLower(int index, List<Operation> other) {
        List<List<Operation>> changed = new ArrayList<>(lowers);
        changed.set(index, other);
        return new Scenario(changed, operations);
    }

    /** One operation a line, layers first. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < lowers.size(); i++) {
            text.append("lower ").append(i).append(":\n");
            lowers.get(i).forEach(each -> text.append("  ").append(each).append('\n'));
        }
        text.append("then:\n");
        operations.forEach(each -> text.append("  ").append(each).append('\n'));
        return text.toString();
    }

    private record Dice(Random random, Guess guess) {
        private record Weighted(int weight, Supplier<Operation> make) {}

        int below(int bound) {
            return random.nextInt(bound);
        }

        private <T> T oneOf(List<T> choices) {
            return choices.get(below(choices.size()));
        }

        private String path() {
            return guess.anywhere();
        }

        private String text() {
            return String.valueOf((char) ('A' + below(26))).repeat(1 + below(below(10) == 0 ? 20_000 : 60));
        }

        private int mode() {
            return oneOf(List.of(0644, 0600, 0755, 0777, 04755, 02755, 01777, 0, 06711));
        }

        private int directoryMode() {
            return oneOf(List.of(0755, 0700, 0777, 01777, 02775));
        }

        private String xattr() {
            return oneOf(List.of("user.one", "trusted.mine"));
        }

        private int owner() {
            return oneOf(List.of(0, Caller.ALICE.uid(), Caller.BOB.uid(), 7));
        }

        private int slot() {
            return below(SLOTS);
        }

        private Operation choose(List<Weighted> choices) {
            int left = below(choices.stream().mapToInt(Weighted::weight).sum());
            for (Weighted choice : choices) {
                left -= choice.weight;
                if (left < 0) {
                    return choice.make.get();
                }
            }
            throw new AssertionError("weights don't add up");
        }

        /** Directories first, so that what follows finds a place; every time is long ago. */
        List<Operation> layer() {
            List<Operation> made = new ArrayList<>();
            for (String name : NAMES) {
                if (below(4) != 0) {
                    made.add(new Operation.MakeDirectory(name, directoryMode()));
                    for (String sub : NAMES) {
                        if (below(2) == 0) {
                            made.add(new Operation.MakeDirectory(name + "/" + sub, directoryMode()));
                        }
                    }
                }
            }
            for (int i = 0; i < 40; i++) {
                made.add(choose(List.of(
                        new Weighted(12, () -> new Operation.Create(path(), mode(), true, text())),
                        new Weighted(3, () -> new Operation.MakeSymlink(target(), path())),
                        new Weighted(3, () -> new Operation.Link(path(), path())),
                        new Weighted(2, () -> new Operation.MakeNode(path(), Stat.S_IFIFO | 0640, 0, 0)),
                        new Weighted(1, () -> new Operation.MakeNode(path(), Stat.S_IFCHR | 0666, 1, 3)),
                        new Weighted(5, () -> new Operation.MakeNode(path(), Stat.S_IFCHR, 0, 0)),
                        new Weighted(3, () -> new Operation.SetXattr(path(), xattr(), "of a layer", 0)),
                        new Weighted(2, () -> new Operation.ChangeOwner(path(), owner(), owner())))));
            }
            for (int i = 0; i < 4; i++) {
                // Refused where the path is no directory, as an opaque mark belongs on directories alone.
                made.add(new Operation.SetXattr(path() + "/.", "trusted.overlay.opaque", "y", 0));
            }
            for (int depth = 3; depth >= 1; depth--) {
                everyPath("", depth, made);
            }
            made.add(new Operation.SetTime(".", 900, 9));
            return made;
        }

        private void everyPath(String prefix, int depth, List<Operation> into) {
            for (String name : NAMES) {
                if (depth == 1) {
                    into.add(new Operation.SetTime(prefix + name, 1_000 + below(1_000), below(1_000_000_000)));
                } else {
                    everyPath(prefix + name + "/", depth - 1, into);
                }
            }
        }

        private String target() {
            return oneOf(List.of("a", "b", "c/a", "d/b", "nowhere"));
        }

        Operation operation() {
            Operation plain = choose(List.of(
                    new Weighted(
                            10,
                            () -> new Operation.Create(
                                    random.nextInt(3) == 0 ? guess.file() : guess.free(),
                                    mode(),
                                    random.nextBoolean(),
                                    text())),
                    new Weighted(5, () -> new Operation.Write(guess.file(), below(100), text())),
                    new Weighted(4, () -> new Operation.Append(guess.file(), text())),
                    new Weighted(3, () -> new Operation.Truncate(guess.file(), below(200))),
                    new Weighted(2, () -> new Operation.TruncateAtOpen(guess.file())),
                    new Weighted(
                            1,
                            () -> new Operation.Allocate(
                                    guess.file(),
                                    oneOf(List.of(0, KEEP_SIZE, PUNCH_HOLE | KEEP_SIZE)),
                                    below(5000),
                                    4096)),
                    new Weighted(1, () -> new Operation.CopyRange(guess.file(), guess.file(), 1 + below(100))),
                    new Weighted(5, () -> new Operation.Read(guess.file())),
                    new Weighted(8, () -> new Operation.MakeDirectory(guess.free(), directoryMode())),
                    new Weighted(7, () -> new Operation.RemoveDirectory(guess.directory())),
                    new Weighted(10, () -> new Operation.Unlink(guess.something())),
                    new Weighted(3, () -> new Operation.MakeSymlink(target(), guess.free())),
                    new Weighted(1, () -> new Operation.ReadLink(guess.special())),
                    new Weighted(2, this::makeNode),
                    new Weighted(5, () -> new Operation.Link(guess.file(), guess.free())),
                    new Weighted(1, () -> new Operation.LinkUnnamed(guess.directory(), oneOf(NAMES), text())),
                    new Weighted(
                            14,
                            () -> new Operation.Rename(
                                    guess.something(),
                                    random.nextBoolean() ? guess.free() : guess.something(),
                                    renameFlags())),
                    new Weighted(4, () -> new Operation.ChangeMode(guess.something(), mode())),
                    new Weighted(3, () -> new Operation.ChangeOwner(guess.something(), owner(), owner())),
                    new Weighted(3, () -> new Operation.SetTime(guess.something(), below(5_000), below(1_000_000_000))),
                    new Weighted(4, () -> new Operation.SetXattr(guess.something(), xattr(), text(), xattrFlags())),
                    new Weighted(3, () -> new Operation.RemoveXattr(guess.something(), xattr())),
                    new Weighted(2, () -> new Operation.GetXattr(guess.something(), xattr())),
                    new Weighted(2, () -> new Operation.ListXattrs(guess.something())),
                    new Weighted(5, () -> new Operation.ListDirectory(guess.directory())),
                    new Weighted(5, () -> new Operation.Status(guess.something())),
                    new Weighted(6, () -> new Operation.Open(slot(), guess.file())),
                    new Weighted(3, () -> new Operation.ReadOpen(slot(), below(50), 1 + below(100))),
                    new Weighted(4, () -> new Operation.WriteOpen(slot(), below(100), text())),
                    new Weighted(2, () -> new Operation.StatusOpen(slot())),
                    new Weighted(2, () -> new Operation.Close(slot()))));
            return switch (below(100)) {
                case 0 -> new Operation.Remount();
                case 1, 2, 3, 4, 5, 6, 7, 8 -> new Operation.As(Caller.ALICE, plain);
                default -> plain;
            };
        }

        private Operation makeNode() {
            return oneOf(List.of(
                    new Operation.MakeNode(guess.free(), Stat.S_IFIFO | 0644, 0, 0),
                    new Operation.MakeNode(guess.free(), Stat.S_IFSOCK | 0644, 0, 0),
                    new Operation.MakeNode(guess.free(), Stat.S_IFCHR | 0666, 1, 3),
                    new Operation.MakeNode(guess.free(), Stat.S_IFCHR | 0666, 0, 0)));
        }

        private int renameFlags() {
            return oneOf(List.of(0, 0, 0, Names.RENAME_NOREPLACE, Names.RENAME_EXCHANGE));
        }

        private int xattrFlags() {
            return oneOf(List.of(0, 0, Xattrs.CREATE, Xattrs.REPLACE));
        }
    }
}
