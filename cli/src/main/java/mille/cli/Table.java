package mille.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Columns as Docker prints them: each as wide as its widest cell and three spaces, ten at least, the last as it comes. */
final class Table {
    private static final int GAP = 3;
    private static final int MIN_WIDTH = 10;

    private final List<List<String>> rows = new ArrayList<>();

    Table(String... headings) {
        rows.add(List.of(headings));
    }

    void add(String... cells) {
        rows.add(List.of(cells));
    }

    void print(PrintWriter out) {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int column = 0; column < columns; column++) {
                int length = row.get(column).codePointCount(0, row.get(column).length());
                widths[column] = Math.max(widths[column], Math.max(MIN_WIDTH, length + GAP));
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < columns - 1; column++) {
                String cell = row.get(column);
                line.append(cell).append(" ".repeat(widths[column] - cell.codePointCount(0, cell.length())));
            }
            out.println(line.append(row.getLast()));
        }
    }
}
