package mille.linux;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file system that is being configured, option by option ({@code fsopen(2)}, {@code fsconfig(2)}, {@code fsmount(2)}; Linux 5.2).
 *
 * <pre>{@code
 * try (var context = MountContext.open("tmpfs")) {
 *     context.setString("size", "10M").create();
 *     try (DetachedMount mount = context.mount(Mounts.MOUNT_ATTR_NODEV)) {
 *         mount.attach(target);
 *     }
 * }
 * }</pre>
 *
 * <p>Where a call fails, {@link #messages} may say why.
 */
public final class MountContext implements AutoCloseable {
    /** The longest value of {@link #setString}, in bytes. */
    public static final int MAX_STRING_BYTES = 255;

    static final int FSOPEN_CLOEXEC = 1;
    static final int FSMOUNT_CLOEXEC = 1;
    static final int FSCONFIG_SET_FLAG = 0;
    static final int FSCONFIG_SET_STRING = 1;
    static final int FSCONFIG_SET_PATH = 3;
    static final int FSCONFIG_SET_FD = 5;
    static final int FSCONFIG_CMD_CREATE = 6;

    /** How grave a message is. */
    public enum Severity {
        INFORMATION,
        WARNING,
        ERROR
    }

    /** What the file system had to say of an option. */
    public record Message(Severity severity, String text) {}

    private final Fd context;

    private MountContext(Fd context) {
        this.context = context;
    }

    /**
     * @param fileSystem its name in {@code /proc/filesystems}
     * @throws ErrnoException ENODEV where the kernel has no such file system
     */
    public static MountContext open(String fileSystem) throws ErrnoException {
        Scratch scratch = Scratch.get();
        long name = scratch.path(text(fileSystem));
        return new MountContext(
                Fd.ofResult(Syscall.call(scratch, Syscall.FSOPEN, name, FSOPEN_CLOEXEC), "fsopen", fileSystem));
    }

    /** An option without a value. */
    public MountContext setFlag(String option) throws ErrnoException {
        return configure(FSCONFIG_SET_FLAG, option, null, 0);
    }

    /**
     * @throws ErrnoException EINVAL for an option or a value that the file system doesn't know, and for a value longer than
     *     {@link #MAX_STRING_BYTES}
     */
    public MountContext setString(String option, byte[] value) throws ErrnoException {
        return configure(FSCONFIG_SET_STRING, option, value, 0);
    }

    /** {@link #setString(String, byte[])} of the UTF-8 bytes. */
    public MountContext setString(String option, String value) throws ErrnoException {
        return setString(option, text(value));
    }

    /**
     * An option whose value is a file, by its path; it may be as long as a path may.
     *
     * @throws ErrnoException EINVAL where the option takes a string alone, and it is most that do
     */
    public MountContext setPath(String option, Path value) throws ErrnoException {
        return configure(FSCONFIG_SET_PATH, option, HostPath.bytesOf(value), Fd.CWD.number());
    }

    /**
     * An option whose value is an open file.
     *
     * @throws ErrnoException EINVAL where the option takes none
     */
    public MountContext setDescriptor(String option, Fd value) throws ErrnoException {
        return configure(FSCONFIG_SET_FD, option, null, value.number());
    }

    private MountContext configure(int command, String option, byte @Nullable [] value, int number)
            throws ErrnoException {
        Scratch scratch = Scratch.get();
        long key = scratch.path(text(option));
        long address = value == null ? 0 : scratch.secondPath(withoutNul(value));
        Syscall.check(
                Syscall.call(scratch, Syscall.FSCONFIG, context.number(), command, key, address, number),
                "fsconfig",
                option);
        return this;
    }

    /** Makes the file system of what was set ({@code FSCONFIG_CMD_CREATE}). */
    public void create() throws ErrnoException {
        Syscall.check(
                Syscall.call(Scratch.get(), Syscall.FSCONFIG, context.number(), FSCONFIG_CMD_CREATE, 0, 0, 0),
                "fsconfig create");
    }

    /**
     * The mount of what was created, attached nowhere yet.
     *
     * @param attributes {@code MOUNT_ATTR_*} bits of {@link Mounts}
     */
    public DetachedMount mount(int attributes) throws ErrnoException {
        return new DetachedMount(Fd.ofResult(
                Syscall.call(Scratch.get(), Syscall.FSMOUNT, context.number(), FSMOUNT_CLOEXEC, attributes),
                "fsmount",
                context));
    }

    /** What the file system said since the last call, the oldest first; none where it said nothing. */
    public List<Message> messages() throws ErrnoException {
        List<Message> messages = new ArrayList<>();
        Scratch scratch = Scratch.get();
        NativeBuffer buffer = scratch.buffer();
        while (true) {
            long length = Syscall.call(scratch, Syscall.READ, context.number(), buffer.address(), buffer.sizeBytes());
            if (length == -Errno.ENODATA.code()) {
                return messages;
            }
            Syscall.check(length, "read a mount context's messages");
            messages.add(message(new String(buffer.getBytes(0, length), StandardCharsets.UTF_8)));
        }
    }

    /** A line such as {@code "e overlay: ..."}. */
    private static Message message(String line) {
        Severity severity = switch (line.isEmpty() ? ' ' : line.charAt(0)) {
            case 'e' -> Severity.ERROR;
            case 'w' -> Severity.WARNING;
            default -> Severity.INFORMATION;
        };
        boolean marked = line.length() > 2 && line.charAt(1) == ' ';
        return new Message(severity, (marked ? line.substring(2) : line).strip());
    }

    private static byte[] text(String text) throws ErrnoException {
        return withoutNul(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] withoutNul(byte[] bytes) throws ErrnoException {
        for (byte b : bytes) {
            if (b == 0) { // the kernel would end the text there
                throw new ErrnoException(Errno.EINVAL, "a mount option that holds a NUL");
            }
        }
        return bytes;
    }

    @Override
    public void close() {
        context.close();
    }
}
