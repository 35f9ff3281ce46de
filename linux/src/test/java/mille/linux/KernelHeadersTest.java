package mille.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every number that this module takes from a C header is compared with the header: a constant is compared with the macro of its name, unless
 * {@link #MEANT} says what else it stands for. A new constant that is no macro doesn't compile here until it has its row.
 */
class KernelHeadersTest {
    /** Numbers of our own choice, and what no header of Debian 12 has. */
    private static final Set<String> OURS = Set.of(
            "DirectCall.CAPTURE_ERRNO",
            "DirectCall.STACK_ALIGNMENT_BYTES",
            "Syscall.FUNCTION",
            "ErrnoException.serialVersionUID",
            "ErrnoException.WITH_TRACE",
            "Fd.MAX_RACES",
            "FileSystemUuid.BYTES",
            "Scratch.LISTING_BYTES",
            "Scratch.STRUCT_BYTES",
            "DescriptorListener.IO_VECTOR",
            "DescriptorListener.CONTROL",
            "MountContext.MAX_STRING_BYTES", // a number inside fsconfig(2): MountContextTest
            "Syscall.FCHMODAT2", // 6.6: FileAttributesTest
            "Syscall.SETXATTRAT", // 6.13, with its structure: XattrsTest
            "Syscall.GETXATTRAT",
            "Syscall.LISTXATTRAT",
            "Syscall.REMOVEXATTRAT",
            "Xattrs.NO_RESULT",
            "Xattrs.VALUE",
            "Xattrs.SIZE",
            "Xattrs.FLAGS",
            "Xattrs.ARGUMENTS_BYTES");

    /** What a constant stands for in C where it isn't the macro of its name. */
    private static final Map<String, String> MEANT = Map.ofEntries(
            Map.entry("DescriptorListener.MAX_NAME_BYTES", "sizeof(((struct sockaddr_un *) 0)->sun_path)"),
            Map.entry("DescriptorListener.CONTROL_BYTES", "CMSG_SPACE(sizeof(int))"),
            Map.entry("DescriptorListener.MSG_IOV", "offsetof(struct msghdr, msg_iov)"),
            Map.entry("DescriptorListener.MSG_IOVLEN", "offsetof(struct msghdr, msg_iovlen)"),
            Map.entry("DescriptorListener.MSG_CONTROL", "offsetof(struct msghdr, msg_control)"),
            Map.entry("DescriptorListener.MSG_CONTROLLEN", "offsetof(struct msghdr, msg_controllen)"),
            Map.entry("DirectoryReader.INODE", "offsetof(struct dirent64, d_ino)"),
            Map.entry("DirectoryReader.RECORD_LENGTH", "offsetof(struct dirent64, d_reclen)"),
            Map.entry("DirectoryReader.TYPE", "offsetof(struct dirent64, d_type)"),
            Map.entry("DirectoryReader.NAME", "offsetof(struct dirent64, d_name)"),
            Map.entry("Fd.OPEN_HOW_FLAGS", "offsetof(struct open_how, flags)"),
            Map.entry("Fd.OPEN_HOW_MODE", "offsetof(struct open_how, mode)"),
            Map.entry("Fd.OPEN_HOW_RESOLVE", "offsetof(struct open_how, resolve)"),
            Map.entry("Fd.OPEN_HOW_BYTES", "sizeof(struct open_how)"),
            Map.entry("FileHandle.MAX_BYTES", "MAX_HANDLE_SZ"),
            Map.entry("FileHandle.LENGTH", "offsetof(struct file_handle, handle_bytes)"),
            Map.entry("FileHandle.TYPE", "offsetof(struct file_handle, handle_type)"),
            Map.entry("FileHandle.HEADER_BYTES", "offsetof(struct file_handle, f_handle)"),
            Map.entry("FileName.MAX_BYTES", "NAME_MAX"),
            Map.entry("FileSystemStat.OVERLAYFS_MAGIC", "OVERLAYFS_SUPER_MAGIC"),
            Map.entry("FileSystemStat.FUSE_MAGIC", "FUSE_SUPER_MAGIC"),
            Map.entry("FileSystemStat.EXT4_MAGIC", "EXT4_SUPER_MAGIC"),
            Map.entry("FileSystemStat.XFS_MAGIC", "XFS_SUPER_MAGIC"),
            Map.entry("FileSystemStat.TYPE", "offsetof(struct statfs, f_type)"),
            Map.entry("FileSystemStat.BLOCK_SIZE", "offsetof(struct statfs, f_bsize)"),
            Map.entry("FileSystemStat.BLOCKS", "offsetof(struct statfs, f_blocks)"),
            Map.entry("FileSystemStat.FREE_BLOCKS", "offsetof(struct statfs, f_bfree)"),
            Map.entry("FileSystemStat.AVAILABLE_BLOCKS", "offsetof(struct statfs, f_bavail)"),
            Map.entry("FileSystemStat.FILES", "offsetof(struct statfs, f_files)"),
            Map.entry("FileSystemStat.FREE_FILES", "offsetof(struct statfs, f_ffree)"),
            Map.entry("FileSystemStat.NAME_LENGTH", "offsetof(struct statfs, f_namelen)"),
            Map.entry("FileSystemStat.FRAGMENT_SIZE", "offsetof(struct statfs, f_frsize)"),
            Map.entry("FileSystemStat.FLAGS", "offsetof(struct statfs, f_flags)"),
            // FS_IOC_GETFSUUID takes a length and 16 bytes; 6.9, newer than the headers.
            Map.entry("FileSystemUuid.GET_UUID", "_IOR(0x15, 0, char[17])"),
            Map.entry("IoUring.PARAMS_BYTES", "sizeof(struct io_uring_params)"),
            Map.entry("IoUring.PARAMS_SQ_ENTRIES", "offsetof(struct io_uring_params, sq_entries)"),
            Map.entry("IoUring.PARAMS_CQ_ENTRIES", "offsetof(struct io_uring_params, cq_entries)"),
            Map.entry("IoUring.PARAMS_FLAGS", "offsetof(struct io_uring_params, flags)"),
            Map.entry("IoUring.PARAMS_SQ_HEAD", "offsetof(struct io_uring_params, sq_off.head)"),
            Map.entry("IoUring.PARAMS_SQ_TAIL", "offsetof(struct io_uring_params, sq_off.tail)"),
            Map.entry("IoUring.PARAMS_SQ_ARRAY", "offsetof(struct io_uring_params, sq_off.array)"),
            Map.entry("IoUring.PARAMS_CQ_HEAD", "offsetof(struct io_uring_params, cq_off.head)"),
            Map.entry("IoUring.PARAMS_CQ_TAIL", "offsetof(struct io_uring_params, cq_off.tail)"),
            Map.entry("IoUring.PARAMS_CQ_CQES", "offsetof(struct io_uring_params, cq_off.cqes)"),
            Map.entry("IoUring.SQE_BYTES", "2 * sizeof(struct io_uring_sqe)"),
            Map.entry("IoUring.SQE_OPCODE", "offsetof(struct io_uring_sqe, opcode)"),
            Map.entry("IoUring.SQE_FD", "offsetof(struct io_uring_sqe, fd)"),
            Map.entry("IoUring.SQE_COMMAND", "offsetof(struct io_uring_sqe, cmd_op)"),
            Map.entry("IoUring.SQE_ADDRESS", "offsetof(struct io_uring_sqe, addr)"),
            Map.entry("IoUring.SQE_LENGTH", "offsetof(struct io_uring_sqe, len)"),
            Map.entry("IoUring.SQE_USER_DATA", "offsetof(struct io_uring_sqe, user_data)"),
            Map.entry("IoUring.SQE_ARGUMENT", "offsetof(struct io_uring_sqe, cmd)"),
            Map.entry("IoUring.CQE_BYTES", "sizeof(struct io_uring_cqe)"),
            Map.entry("IoUring.CQE_USER_DATA", "offsetof(struct io_uring_cqe, user_data)"),
            Map.entry("IoUring.CQE_RESULT", "offsetof(struct io_uring_cqe, res)"),
            Map.entry("Mounts.ATTR_SET", "offsetof(struct mount_attr, attr_set)"),
            Map.entry("Mounts.ATTR_CLEAR", "offsetof(struct mount_attr, attr_clr)"),
            Map.entry("Mounts.ATTR_PROPAGATION", "offsetof(struct mount_attr, propagation)"),
            Map.entry("Mounts.ATTR_USER_NAMESPACE", "offsetof(struct mount_attr, userns_fd)"),
            Map.entry("Mounts.MOUNT_ATTR_BYTES", "sizeof(struct mount_attr)"),
            Map.entry("Scratch.PATH_BYTES", "PATH_MAX"),
            Map.entry("Scratch.BUFFER_BYTES", "XATTR_SIZE_MAX"),
            Map.entry("SignalQueue.SIGNALFD_SIGINFO_BYTES", "sizeof(struct signalfd_siginfo)"),
            Map.entry("Stat.STATX_BASIC_STATS_AND_BTIME", "STATX_BASIC_STATS | STATX_BTIME"),
            Map.entry("StatxLayout.SIZE_BYTES", "sizeof(struct statx)"),
            Map.entry("StatxLayout.BLOCK_SIZE", "offsetof(struct statx, stx_blksize)"),
            Map.entry("StatxLayout.ATTRIBUTES", "offsetof(struct statx, stx_attributes)"),
            Map.entry("StatxLayout.LINK_COUNT", "offsetof(struct statx, stx_nlink)"),
            Map.entry("StatxLayout.UID", "offsetof(struct statx, stx_uid)"),
            Map.entry("StatxLayout.GID", "offsetof(struct statx, stx_gid)"),
            Map.entry("StatxLayout.MODE", "offsetof(struct statx, stx_mode)"),
            Map.entry("StatxLayout.INODE", "offsetof(struct statx, stx_ino)"),
            Map.entry("StatxLayout.SIZE", "offsetof(struct statx, stx_size)"),
            Map.entry("StatxLayout.BLOCKS", "offsetof(struct statx, stx_blocks)"),
            Map.entry("StatxLayout.ACCESSED", "offsetof(struct statx, stx_atime)"),
            Map.entry("StatxLayout.BORN", "offsetof(struct statx, stx_btime)"),
            Map.entry("StatxLayout.CHANGED", "offsetof(struct statx, stx_ctime)"),
            Map.entry("StatxLayout.MODIFIED", "offsetof(struct statx, stx_mtime)"),
            Map.entry("StatxLayout.RDEVICE_MAJOR", "offsetof(struct statx, stx_rdev_major)"),
            Map.entry("StatxLayout.DEVICE_MAJOR", "offsetof(struct statx, stx_dev_major)"),
            Map.entry("Terminal.TERMIOS_BYTES", "sizeof(struct termios)"),
            Map.entry("Terminal.IFLAG", "offsetof(struct termios, c_iflag)"),
            Map.entry("Terminal.OFLAG", "offsetof(struct termios, c_oflag)"),
            Map.entry("Terminal.CFLAG", "offsetof(struct termios, c_cflag)"),
            Map.entry("Terminal.LFLAG", "offsetof(struct termios, c_lflag)"),
            Map.entry("Terminal.VTIME", "offsetof(struct termios, c_cc) + VTIME"),
            Map.entry("Terminal.VMIN", "offsetof(struct termios, c_cc) + VMIN"),
            Map.entry(
                    "Terminal.IGNBRK_BRKINT_PARMRK_ISTRIP_INLCR_IGNCR_ICRNL_IXON",
                    "IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON"),
            Map.entry("Terminal.ECHO_ECHONL_ICANON_ISIG_IEXTEN", "ECHO | ECHONL | ICANON | ISIG | IEXTEN"),
            Map.entry("Terminal.CSIZE_PARENB", "CSIZE | PARENB"),
            Map.entry("XattrName.MAX_BYTES", "XATTR_NAME_MAX"),
            Map.entry("XattrName.VALUE_MAX_BYTES", "XATTR_SIZE_MAX"),
            Map.entry("Xattrs.CREATE", "XATTR_CREATE"),
            Map.entry("Xattrs.REPLACE", "XATTR_REPLACE"));

    private static final List<String> HEADERS = List.of(
            "stdio.h",
            "stddef.h",
            "string.h",
            "errno.h",
            "signal.h",
            "unistd.h",
            "fcntl.h",
            "dirent.h",
            "poll.h",
            "sched.h",
            "sys/file.h",
            "sys/ioctl.h",
            "sys/mman.h",
            "sys/prctl.h",
            "sys/resource.h",
            "sys/signalfd.h",
            "sys/socket.h",
            "sys/stat.h",
            "sys/un.h",
            "sys/vfs.h",
            "sys/wait.h",
            "sys/xattr.h",
            "asm/ioctls.h",
            "asm/termbits.h",
            "asm/unistd_64.h",
            "linux/falloc.h",
            "linux/fs.h",
            "linux/io_uring.h",
            "linux/limits.h",
            "linux/magic.h",
            "linux/mount.h",
            "linux/openat2.h");

    @TempDir
    Path directory;

    @Test
    void eachNumberIsTheHeaders() throws Exception {
        Map<String, Field> constants = constants();
        Map<String, String> expressions = new LinkedHashMap<>();
        constants.forEach((name, field) -> expressions.put(name, expression(name, field)));
        // sys/mount.h of glibc 2.36 defines what linux/mount.h does, and fcntl.h has an O_LARGEFILE of 0: programs of
        // their own.
        Map<String, String> ofUnmounting = take(expressions, "Mounts\\.(MNT_.*|UMOUNT_.*)");
        Map<String, String> ofOpening = take(expressions, "O\\..*");
        Map<String, Long> values = evaluate(HEADERS, expressions);
        values.putAll(evaluate(List.of("stdio.h", "sys/mount.h"), ofUnmounting));
        values.putAll(evaluate(List.of("stdio.h", "asm/fcntl.h"), ofOpening));

        List<String> wrong = new ArrayList<>();
        for (var constant : constants.entrySet()) {
            Field field = constant.getValue();
            field.setAccessible(true);
            long ours = ((Number) field.get(null)).longValue();
            long theirs = Objects.requireNonNull(values.get(constant.getKey()), constant.getKey());
            if (field.getType() == int.class ? (int) ours != (int) theirs : ours != theirs) {
                wrong.add(constant.getKey() + " is " + ours + ", in the headers " + theirs);
            }
        }
        assertEquals(List.of(), wrong);
        assertTrue(values.size() > 150, "only " + values.size() + " constants were found");
    }

    @Test
    void eachErrorNumberAndItsSentenceAreTheLibrarys() throws Exception {
        Map<String, String> numbers = new LinkedHashMap<>();
        for (Errno errno : Errno.values()) {
            numbers.put(errno.name(), errno.name());
        }
        Map<String, Long> values = evaluate(HEADERS, numbers);
        for (Errno errno : Errno.values()) {
            assertEquals(values.get(errno.name()), errno.code(), errno.name());
            assertEquals(errno, Errno.of(errno.code()));
        }
        String lines = output("""
                #include <stdio.h>
                #include <string.h>
                int main(void) { for (int i = 1; i < 134; i++) printf("%d %s\\n", i, strerror(i)); }
                """);
        Map<Integer, String> sentences = new TreeMap<>();
        for (String line : lines.strip().split("\n", -1)) {
            sentences.put(Integer.valueOf(line.substring(0, line.indexOf(' '))), line.substring(line.indexOf(' ') + 1));
        }
        for (Errno errno : Errno.values()) {
            assertEquals(sentences.get(errno.code()), errno.sentence());
        }
        // Two numbers have no name: EWOULDBLOCK and EDEADLOCK are EAGAIN and EDEADLK here.
        assertEquals(sentences.size() - 2, Errno.values().length);
    }

    @Test
    void eachSignalIsTheHeaders() throws Exception {
        Map<String, String> numbers = new LinkedHashMap<>();
        for (Signal signal : Signal.values()) {
            numbers.put(signal.name(), "SIG" + signal.name());
        }
        Map<String, Long> values = evaluate(HEADERS, numbers);
        for (Signal signal : Signal.values()) {
            assertEquals(values.get(signal.name()), signal.number(), signal.name());
        }
    }

    @Test
    void devicesArePackedAsTheLibraryPacksThem() throws Exception {
        String lines = output("""
                #include <stdio.h>
                #include <sys/sysmacros.h>
                int main(void) {
                    unsigned numbers[] = {0, 1, 0xff, 0x100, 0xfff, 0x1000, 0xfffff, 0x100000, 0x12345678, 0xffffffff};
                    for (int i = 0; i < 10; i++) for (int j = 0; j < 10; j++)
                        printf("%d %d %ld\\n", (int) numbers[i], (int) numbers[j], (long) makedev(numbers[i], numbers[j]));
                }
                """);
        for (String line : lines.strip().split("\n", -1)) {
            String[] fields = line.split(" ", -1);
            int major = Integer.parseInt(fields[0]);
            int minor = Integer.parseInt(fields[1]);
            long device = Stat.makeDevice(major, minor);
            assertEquals(Long.parseLong(fields[2]), device, line);
            assertEquals(major, Stat.major(device), line);
            assertEquals(minor, Stat.minor(device), line);
        }
    }

    /** Moves the rows whose names match to a map of their own. */
    private static Map<String, String> take(Map<String, String> rows, String pattern) {
        Map<String, String> taken = new LinkedHashMap<>(rows);
        taken.keySet().removeIf(name -> !name.matches(pattern));
        rows.keySet().removeAll(taken.keySet());
        return taken;
    }

    private static String expression(String name, Field field) {
        String meant = MEANT.get(name);
        if (meant != null) {
            return meant;
        }
        return switch (field.getDeclaringClass().getSimpleName()) {
            case "Syscall" -> "__NR_" + field.getName().toLowerCase(Locale.ROOT);
            case "O" -> "O_" + field.getName();
            default -> field.getName();
        };
    }

    /** All numeric constants of this package, by class and name. */
    private static Map<String, Field> constants() throws Exception {
        Path classes = Path.of(Syscall.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Map<String, Field> constants = new TreeMap<>();
        try (Stream<Path> files = Files.list(classes.resolve("mille/linux"))) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString().replace(".class", "");
                for (Field field : Class.forName("mille.linux." + name).getDeclaredFields()) {
                    String key = name + "." + field.getName();
                    boolean number = field.getType() == int.class
                            || field.getType() == long.class
                            || field.getType() == short.class
                            || field.getType() == byte.class;
                    if (number && Modifier.isStatic(field.getModifiers()) && !OURS.contains(key)) {
                        constants.put(key, field);
                    }
                }
            }
        }
        return constants;
    }

    /** What the C compiler makes of each expression. */
    private Map<String, Long> evaluate(List<String> headers, Map<String, String> expressions) throws Exception {
        StringBuilder program = new StringBuilder("#define _GNU_SOURCE\n");
        headers.forEach(header -> program.append("#include <").append(header).append(">\n"));
        program.append("int main(void) {\n");
        expressions.forEach((name, expression) ->
                program.append("printf(\"%s %%lld\\n\", (long long) (%s));\n".formatted(name, expression)));
        program.append("}\n");
        Map<String, Long> values = new LinkedHashMap<>();
        for (String line : output(program.toString()).strip().split("\n", -1)) {
            String[] fields = line.split(" ", -1);
            values.put(fields[0], Long.valueOf(fields[1]));
        }
        return values;
    }

    private String output(String program) throws IOException, InterruptedException {
        Path source = Files.writeString(directory.resolve("headers.c"), program);
        Path binary = directory.resolve("headers");
        run("gcc", "-w", "-o", binary.toString(), source.toString());
        return run(binary.toString());
    }

    private static String run(String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(
                0,
                process.waitFor(),
                () -> String.join(" ", command) + " failed; does a constant lack its row?\n" + output);
        return output;
    }
}
