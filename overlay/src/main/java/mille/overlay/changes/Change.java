package mille.overlay.changes;

import mille.linux.RelativePath;

/** One line of {@code docker diff}. */
public record Change(Kind kind, RelativePath path) {

    /** What became of the name. */
    public enum Kind {
        MODIFIED('C'),
        ADDED('A'),
        DELETED('D');

        private final char letter;

        Kind(char letter) {
            this.letter = letter;
        }

        /** As Docker prints it. */
        public char letter() {
            return letter;
        }
    }

    /** The letter and the path from the union's root, {@code C /etc}. */
    @Override
    public String toString() {
        return kind.letter + " /" + path;
    }
}
