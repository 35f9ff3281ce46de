package mille.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import mille.testkit.Command;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The constants of this module against those of the kernel's own header, by way of a C compiler. */
final class WireTest {
    @TempDir
    Path scratch;

    /** Compiles a program that prints each expression's value, one a line, and runs it. */
    private Map<String, Long> valuesInC(Map<String, Long> expressions) throws IOException {
        Path source = scratch.resolve("values.c");
        Path program = scratch.resolve("values");
        String prints = expressions.keySet().stream()
                .map(expression -> "  printf(\"%lld\\n\", (long long)(" + expression + "));\n")
                .collect(Collectors.joining());
        Files.writeString(source, """
                #include <stddef.h>
                #include <stdio.h>
                #include <linux/fuse.h>
                #include <linux/stat.h>
                int main(void) {
                %s  return 0;
                }
                """.formatted(prints));
        Command.run("gcc", "-Wall", "-Werror", "-o", program.toString(), source.toString());
        String[] values = Command.run(program.toString()).split("\n", -1);
        Map<String, Long> found = new LinkedHashMap<>();
        int line = 0;
        for (String expression : expressions.keySet()) {
            found.put(expression, Long.parseLong(values[line++]));
        }
        return found;
    }

    /** Fails with those that differ, and what they are in C. */
    private void assertAsInC(Map<String, Long> expected) throws IOException {
        Map<String, Long> wrong = new TreeMap<>(valuesInC(expected));
        wrong.entrySet().removeAll(expected.entrySet());
        assertEquals(Map.of(), wrong);
    }

    private static String underscored(String name) {
        return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    }

    @Test
    void everyStructureLiesAsTheHeaderHasIt() throws Exception {
        Map<String, Long> expected = new TreeMap<>();
        for (Class<?> structure : Wire.class.getDeclaredClasses()) {
            if (structure == Wire.Newer.class) {
                continue;
            }
            String type = "struct fuse_" + underscored(structure.getSimpleName());
            for (Field field : structure.getDeclaredFields()) {
                String expression = field.getName().equals("BYTES")
                        ? "sizeof(" + type + ")"
                        : "offsetof(" + type + ", " + field.getName().toLowerCase(Locale.ROOT) + ")";
                expected.put(expression, (long) field.getInt(null));
            }
        }
        expected.put("FUSE_COMPAT_SETXATTR_IN_SIZE", (long) Wire.COMPAT_SETXATTR_IN_BYTES);
        assertTrue(expected.size() > 150, "reflection found " + expected.size());
        assertAsInC(expected);
    }

    /** 7.39 and later: the numbers of the kernel that first had them stand in the constants' own comments. */
    @Test
    void opcodesAndCapabilitiesHaveTheHeadersNumbers() throws Exception {
        Map<String, Long> expected = new TreeMap<>();
        for (Opcode opcode : Opcode.values()) {
            if (opcode != Opcode.STATX && opcode != Opcode.COPY_FILE_RANGE_64) {
                expected.put("FUSE_" + opcode, (long) opcode.code());
            }
        }
        for (Capability capability : Capability.values()) {
            boolean isNewer =
                    capability.compareTo(Capability.HAS_EXPIRE_ONLY) > 0 || capability == Capability.CREATE_SUPP_GROUP;
            if (!isNewer) {
                String name = "FUSE_" + (capability == Capability.IOCTL_DIR ? "HAS_IOCTL_DIR" : capability.name());
                expected.put("(unsigned long long) " + name, capability.bit());
            }
        }
        assertAsInC(expected);
    }

    @Test
    void statxLiesAsTheHeaderHasIt() throws Exception {
        Map<String, Long> expected = new TreeMap<>(Map.of(
                "offsetof(struct statx, stx_mask)", (long) StatxFields.MASK,
                "offsetof(struct statx, stx_blksize)", (long) StatxFields.BLOCK_SIZE,
                "offsetof(struct statx, stx_nlink)", (long) StatxFields.LINK_COUNT,
                "offsetof(struct statx, stx_uid)", (long) StatxFields.UID,
                "offsetof(struct statx, stx_mode)", (long) StatxFields.MODE,
                "offsetof(struct statx, stx_ino)", (long) StatxFields.INODE,
                "offsetof(struct statx, stx_size)", (long) StatxFields.SIZE,
                "offsetof(struct statx, stx_btime)", (long) StatxFields.BORN,
                "offsetof(struct statx, stx_rdev_major)", (long) StatxFields.RDEVICE_MAJOR,
                "sizeof(struct statx)", (long) Wire.Newer.STATX_OUT_BYTES - Wire.Newer.STATX_OUT_STAT));
        expected.put("offsetof(struct statx, stx_atime)", (long) StatxFields.ACCESSED);
        expected.put("offsetof(struct statx, stx_ctime)", (long) StatxFields.CHANGED);
        expected.put("offsetof(struct statx, stx_mtime)", (long) StatxFields.MODIFIED);
        expected.put("offsetof(struct statx, stx_blocks)", (long) StatxFields.BLOCKS);
        expected.put("offsetof(struct statx, stx_gid)", (long) StatxFields.GID);
        expected.put("offsetof(struct statx, stx_rdev_minor)", (long) StatxFields.RDEVICE_MINOR);
        assertAsInC(expected);
    }
}
