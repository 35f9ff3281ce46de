package mille.cli;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Finds the word that somebody meant. */
final class Spelling {
    /** More slips than these, and it is another word. */
    private static final int MAX_SLIPS = 2;

    private Spelling() {}

    /**
     * The word with the fewest slips of a finger from the one that was typed; null where none comes near.
     */
    static @Nullable String nearest(String typed, Collection<String> words) {
        String nearest = null;
        int fewest = Math.min(MAX_SLIPS, typed.length() - 1) + 1;
        for (String word : words) {
            int slips = slips(typed, word);
            if (slips < fewest) {
                fewest = slips;
                nearest = word;
            }
        }
        return nearest;
    }

    /** Letters too many, too few, wrong, or two in the wrong order (optimal string alignment distance). */
    private static int slips(String a, String b) {
        int[][] of = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    of[i][j] = i + j;
                    continue;
                }
                int wrong = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                int least = Math.min(of[i - 1][j - 1] + wrong, Math.min(of[i - 1][j], of[i][j - 1]) + 1);
                boolean isSwapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                of[i][j] = isSwapped ? Math.min(least, of[i - 2][j - 2] + 1) : least;
            }
        }
        return of[a.length()][b.length()];
    }
}
