package mille.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void columnsAreAsWideAsTheirWidestCellAndTenAtLeast() {
        Table table = new Table("NAME", "IMAGE", "SIZE");
        table.add("a-long-name", "x", "1B");
        table.add("é😀", "", "20MB");
        StringWriter printed = new StringWriter();
        PrintWriter out = new PrintWriter(printed);
        table.print(out);
        out.flush();
        assertEquals("""
                NAME          IMAGE     SIZE
                a-long-name   x         1B
                é😀                      20MB
                """, printed.toString());
    }
}
