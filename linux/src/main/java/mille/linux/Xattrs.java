package mille.linux;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Extended attributes, of a name in a directory (a symlink's own, never its target's) or of an open file, {@code O_PATH} included.
 *
 * <p>Both go by way of {@code /proc/self/fd}, which works on every kernel and for descriptors that can't be read.
 */
public final class Xattrs {
    /** {@code setxattr(2)}: fail with EEXIST where the attribute is there. */
    public static final int CREATE = 1;

    /** {@code setxattr(2)}: fail with ENODATA where it isn't. */
    public static final int REPLACE = 2;

    private Xattrs() {}

    /** The value, or null where the file has no such attribute (ENODATA) or the file system none at all (EOPNOTSUPP). */
    public static byte @Nullable [] get(Fd directory, Name name, XattrName attribute) throws ErrnoException {
        return get(Scratch.get(), Syscall.LGETXATTR, pathOf(directory, name), attribute);
    }

    /** As {@link #get(Fd, Name, XattrName)}. */
    public static byte @Nullable [] get(Fd file, XattrName attribute) throws ErrnoException {
        return get(Scratch.get(), Syscall.GETXATTR, file.procPathBytes(), attribute);
    }

    private static byte @Nullable [] get(Scratch scratch, int call, byte[] path, XattrName attribute)
            throws ErrnoException {
        NativeBuffer buffer = scratch.buffer();
        long result = Syscall.call(
                scratch,
                call,
                scratch.path(path),
                scratch.secondPath(attribute.bytes()),
                buffer.address(),
                buffer.sizeBytes());
        if (result == -Errno.ENODATA.code() || result == -Errno.EOPNOTSUPP.code()) {
            return null;
        }
        Syscall.check(result, "getxattr", attribute);
        return buffer.getBytes(0, result);
    }

    /**
     * @param flags 0, {@link #CREATE} or {@link #REPLACE}
     */
    public static void set(Fd directory, Name name, XattrName attribute, byte[] value, int flags)
            throws ErrnoException {
        set(Scratch.get(), Syscall.LSETXATTR, pathOf(directory, name), attribute, value, flags);
    }

    /**
     * @param flags 0, {@link #CREATE} or {@link #REPLACE}
     */
    public static void set(Fd file, XattrName attribute, byte[] value, int flags) throws ErrnoException {
        set(Scratch.get(), Syscall.SETXATTR, file.procPathBytes(), attribute, value, flags);
    }

    private static void set(Scratch scratch, int call, byte[] path, XattrName attribute, byte[] value, int flags)
            throws ErrnoException {
        NativeBuffer buffer = scratch.buffer();
        if (value.length > buffer.sizeBytes()) {
            throw new ErrnoException(Errno.E2BIG, "setxattr " + attribute);
        }
        buffer.putBytes(0, value, 0, value.length);
        long result = Syscall.call(
                scratch,
                call,
                scratch.path(path),
                scratch.secondPath(attribute.bytes()),
                buffer.address(),
                value.length,
                flags);
        Syscall.check(result, "setxattr", attribute);
    }

    /**
     * @throws ErrnoException ENODATA where it isn't there
     */
    public static void remove(Fd directory, Name name, XattrName attribute) throws ErrnoException {
        Scratch scratch = Scratch.get();
        long path = scratch.path(pathOf(directory, name));
        Syscall.check(
                Syscall.call(scratch, Syscall.LREMOVEXATTR, path, scratch.secondPath(attribute.bytes())),
                "removexattr",
                attribute);
    }

    /**
     * @throws ErrnoException ENODATA where it isn't there
     */
    public static void remove(Fd file, XattrName attribute) throws ErrnoException {
        Scratch scratch = Scratch.get();
        long path = scratch.path(file.procPathBytes());
        Syscall.check(
                Syscall.call(scratch, Syscall.REMOVEXATTR, path, scratch.secondPath(attribute.bytes())),
                "removexattr",
                attribute);
    }

    /** The names of all attributes that this process may see; none where the file system has no attributes. */
    public static List<XattrName> list(Fd directory, Name name) throws ErrnoException {
        return list(Scratch.get(), Syscall.LLISTXATTR, pathOf(directory, name));
    }

    /** As {@link #list(Fd, Name)}. */
    public static List<XattrName> list(Fd file) throws ErrnoException {
        return list(Scratch.get(), Syscall.LISTXATTR, file.procPathBytes());
    }

    /**
     * Whether the name of any attribute starts like that, as far as this process may see them; none does where the file system has no
     * attributes. True where there are too many to tell.
     */
    public static boolean mayHave(Fd directory, Name name, byte[] prefix) throws ErrnoException {
        Scratch scratch = Scratch.get();
        NativeBuffer buffer = scratch.buffer();
        long path = scratch.path(pathOf(directory, name));
        long length = Syscall.call(scratch, Syscall.LLISTXATTR, path, buffer.address(), buffer.sizeBytes());
        if (length == 0 || length == -Errno.EOPNOTSUPP.code()) {
            return false;
        }
        if (length == -Errno.E2BIG.code() || length == -Errno.ERANGE.code()) {
            return true;
        }
        Syscall.check(length, "listxattr");
        int matched = 0;
        for (long at = 0; at < length; at++) {
            byte next = buffer.getByte(at);
            if (next == 0) {
                matched = 0;
            } else if (matched >= 0) {
                matched = next == prefix[matched] ? matched + 1 : -1;
                if (matched == prefix.length) {
                    return true;
                }
            }
        }
        return false;
    }

    private static List<XattrName> list(Scratch scratch, int call, byte[] path) throws ErrnoException {
        NativeBuffer buffer = scratch.buffer();
        long result = Syscall.call(scratch, call, scratch.path(path), buffer.address(), buffer.sizeBytes());
        if (result == -Errno.EOPNOTSUPP.code()) {
            return List.of();
        }
        Syscall.check(result, "listxattr");
        List<XattrName> names = new ArrayList<>();
        long start = 0;
        for (long at = 0; at < result; at++) {
            if (buffer.getByte(at) == 0) {
                names.add(XattrName.of(buffer.getBytes(start, at - start)));
                start = at + 1;
            }
        }
        return names;
    }

    private static byte[] pathOf(Fd directory, Name name) {
        byte[] start = directory.procPathBytes();
        byte[] last = name.bytes();
        byte[] path = Arrays.copyOf(start, start.length + 1 + last.length);
        path[start.length] = '/';
        System.arraycopy(last, 0, path, start.length + 1, last.length);
        return path;
    }
}
