package mille.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the documents name is there. */
final class DocumentTest {
    private static final Pattern TEST = Pattern.compile("`([A-Z]\\w*(?:Test|Contract))`");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(?:#[^)]*)?\\)");

    @Test
    void eachTestThatADocumentNamesExists() throws IOException {
        Set<String> known = new HashSet<>();
        for (Path file : CodeBase.javaFiles()) {
            known.add(file.getFileName().toString());
        }
        List<String> missing = new ArrayList<>();
        int named = 0;
        for (Path document : documents()) {
            Matcher name = TEST.matcher(Files.readString(document));
            while (name.find()) {
                named++;
                if (!known.contains(name.group(1) + ".java")) {
                    missing.add(CodeBase.name(document) + " names " + name.group(1));
                }
            }
        }
        assertEquals(List.of(), missing);
        assertFalse(named == 0, "no document names a test");
    }

    @Test
    void eachLinkWithinTheTreeLeadsSomewhere() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path document : documents()) {
            Matcher link = LINK.matcher(Files.readString(document));
            while (link.find()) {
                if (!Files.exists(document.resolveSibling(link.group(1)))) {
                    broken.add(CodeBase.name(document) + " links to " + link.group(1));
                }
            }
        }
        assertEquals(List.of(), broken);
    }

    private static List<Path> documents() throws IOException {
        return CodeBase.files(CodeBase.root(), name -> name.endsWith(".md"));
    }
}
