package mille.linux;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Extended attributes, of a name in a directory (a symlink's own, never its target's) or of an open file, {@code O_PATH} included.
 *
 * <p>A descriptor and a name are what {@code getxattrat(2)} and its kin take, since Linux 6.13. Before it, and for a descriptor of
 * {@code O_PATH} itself, the way is a path in {@code /proc/self/fd}, which the kernel walks for each call.
 */
public final class Xattrs {
    /** {@code setxattr(2)}: fail with EEXIST where the attribute is there. */
    public static final int CREATE = 1;

    /** {@code setxattr(2)}: fail with ENODATA where it isn't. */
    public static final int REPLACE = 2;

    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_EMPTY_PATH = 0x1000;

    // struct xattr_args of linux/xattr.h, 6.13.
    private static final int VALUE = 0;
    private static final int SIZE = 8;
    private static final int FLAGS = 12;
    private static final int ARGUMENTS_BYTES = 16;

    /** What a kernel answers that doesn't know a call. */
    private static final long NO_RESULT = -Errno.ENOSYS.code();

    /** Whether nobody has found yet that the kernel is older than those calls. */
    private static volatile boolean takesDescriptors = true;

    private Xattrs() {}

    /** Lets a test go the other way on a kernel that has both. */
    static void setTakesDescriptors(boolean takes) {
        takesDescriptors = takes;
    }

    /** The value, or null where the file has no such attribute (ENODATA) or the file system none at all (EOPNOTSUPP). */
    public static byte @Nullable [] get(Fd directory, Name name, XattrName attribute) throws ErrnoException {
        return value(directory, name, attribute);
    }

    /** As {@link #get(Fd, Name, XattrName)}. */
    public static byte @Nullable [] get(Fd file, XattrName attribute) throws ErrnoException {
        return value(file, null, attribute);
    }

    private static byte @Nullable [] value(Fd fd, @Nullable Name name, XattrName attribute) throws ErrnoException {
        Scratch scratch = Scratch.get();
        NativeBuffer buffer = scratch.buffer();
        int bytes = (int) buffer.sizeBytes();
        long called = scratch.secondPath(attribute.bytes());
        long result = NO_RESULT;
        if (takesDescriptors) {
            long arguments = arguments(scratch, buffer, bytes, 0);
            result = callWith(arguments, scratch, Syscall.GETXATTRAT, fd, name, called);
        }
        if (mustGoByPath(result, name)) {
            int call = name == null ? Syscall.GETXATTR : Syscall.LGETXATTR;
            result = Syscall.call(scratch, call, path(scratch, fd, name), called, buffer.address(), bytes);
        }
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
        put(directory, name, attribute, value, flags);
    }

    /**
     * @param flags 0, {@link #CREATE} or {@link #REPLACE}
     */
    public static void set(Fd file, XattrName attribute, byte[] value, int flags) throws ErrnoException {
        put(file, null, attribute, value, flags);
    }

    private static void put(Fd fd, @Nullable Name name, XattrName attribute, byte[] value, int flags)
            throws ErrnoException {
        Scratch scratch = Scratch.get();
        NativeBuffer buffer = scratch.buffer();
        if (value.length > buffer.sizeBytes()) {
            throw new ErrnoException(Errno.E2BIG, "setxattr " + attribute);
        }
        buffer.putBytes(0, value, 0, value.length);
        long called = scratch.secondPath(attribute.bytes());
        long result = NO_RESULT;
        if (takesDescriptors) {
            long arguments = arguments(scratch, buffer, value.length, flags);
            result = callWith(arguments, scratch, Syscall.SETXATTRAT, fd, name, called);
        }
        if (mustGoByPath(result, name)) {
            int call = name == null ? Syscall.SETXATTR : Syscall.LSETXATTR;
            result =
                    Syscall.call(scratch, call, path(scratch, fd, name), called, buffer.address(), value.length, flags);
        }
        Syscall.check(result, "setxattr", attribute);
    }

    /**
     * @throws ErrnoException ENODATA where it isn't there
     */
    public static void remove(Fd directory, Name name, XattrName attribute) throws ErrnoException {
        take(directory, name, attribute);
    }

    /**
     * @throws ErrnoException ENODATA where it isn't there
     */
    public static void remove(Fd file, XattrName attribute) throws ErrnoException {
        take(file, null, attribute);
    }

    private static void take(Fd fd, @Nullable Name name, XattrName attribute) throws ErrnoException {
        Scratch scratch = Scratch.get();
        long called = scratch.secondPath(attribute.bytes());
        long result = NO_RESULT;
        if (takesDescriptors) {
            result = Syscall.call(
                    scratch, Syscall.REMOVEXATTRAT, fd.number(), place(scratch, name), flags(name), called);
        }
        if (mustGoByPath(result, name)) {
            int call = name == null ? Syscall.REMOVEXATTR : Syscall.LREMOVEXATTR;
            result = Syscall.call(scratch, call, path(scratch, fd, name), called);
        }
        Syscall.check(result, "removexattr", attribute);
    }

    /** The names of all attributes that this process may see; none where the file system has no attributes. */
    public static List<XattrName> list(Fd directory, Name name) throws ErrnoException {
        return names(directory, name);
    }

    /** As {@link #list(Fd, Name)}. */
    public static List<XattrName> list(Fd file) throws ErrnoException {
        return names(file, null);
    }

    private static List<XattrName> names(Fd fd, @Nullable Name name) throws ErrnoException {
        Scratch scratch = Scratch.get();
        NativeBuffer buffer = scratch.buffer();
        long length = list(scratch, fd, name);
        if (length == 0 || length == -Errno.EOPNOTSUPP.code()) {
            return List.of();
        }
        Syscall.check(length, "listxattr");
        List<XattrName> names = new ArrayList<>();
        long start = 0;
        for (long at = 0; at < length; at++) {
            if (buffer.getByte(at) == 0) {
                names.add(XattrName.of(buffer.getBytes(start, at - start)));
                start = at + 1;
            }
        }
        return names;
    }

    /**
     * Which of some attributes a file has, as far as this process may see them: one call for all of them.
     *
     * @param attributes up to 31
     * @return bit i stands for the i-th; all are set where the file has too many attributes to tell, none where its file system has none
     */
    public static int have(Fd directory, Name name, XattrName... attributes) throws ErrnoException {
        Scratch scratch = Scratch.get();
        NativeBuffer buffer = scratch.buffer();
        long length = list(scratch, directory, name);
        if (length == 0 || length == -Errno.EOPNOTSUPP.code()) {
            return 0;
        }
        if (length == -Errno.E2BIG.code() || length == -Errno.ERANGE.code()) {
            return (1 << attributes.length) - 1;
        }
        Syscall.check(length, "listxattr");
        int found = 0;
        for (long start = 0, at = 0; at < length; at++) {
            if (buffer.getByte(at) == 0) {
                for (int i = 0; i < attributes.length; i++) {
                    if (isAt(buffer, start, at - start, attributes[i].bytes())) {
                        found |= 1 << i;
                    }
                }
                start = at + 1;
            }
        }
        return found;
    }

    private static boolean isAt(NativeBuffer buffer, long start, long length, byte[] bytes) {
        if (length != bytes.length) {
            return false;
        }
        for (int i = 0; i < bytes.length; i++) {
            if (buffer.getByte(start + i) != bytes[i]) {
                return false;
            }
        }
        return true;
    }

    /** Lists into the thread's buffer; returns the bytes, or the error number negated. */
    private static long list(Scratch scratch, Fd fd, @Nullable Name name) throws ErrnoException {
        NativeBuffer buffer = scratch.buffer();
        long result = NO_RESULT;
        if (takesDescriptors) {
            result = Syscall.call(
                    scratch,
                    Syscall.LISTXATTRAT,
                    fd.number(),
                    place(scratch, name),
                    flags(name),
                    buffer.address(),
                    buffer.sizeBytes());
        }
        if (mustGoByPath(result, name)) {
            int call = name == null ? Syscall.LISTXATTR : Syscall.LLISTXATTR;
            result = Syscall.call(scratch, call, path(scratch, fd, name), buffer.address(), buffer.sizeBytes());
        }
        return result;
    }

    private static boolean mustGoByPath(long result, @Nullable Name name) {
        if (result == NO_RESULT) {
            takesDescriptors = false;
            return true;
        }
        return name == null && result == -Errno.EBADF.code();
    }

    private static long place(Scratch scratch, @Nullable Name name) throws ErrnoException {
        return name == null ? scratch.emptyPath() : scratch.path(name);
    }

    private static int flags(@Nullable Name name) {
        return name == null ? AT_EMPTY_PATH : AT_SYMLINK_NOFOLLOW;
    }

    private static long arguments(Scratch scratch, NativeBuffer value, int bytes, int flags) {
        scratch.struct.putLong(VALUE, value.address());
        scratch.struct.putInt(SIZE, bytes);
        scratch.struct.putInt(FLAGS, flags);
        return scratch.struct.address();
    }

    private static long callWith(long arguments, Scratch scratch, int call, Fd fd, @Nullable Name name, long attribute)
            throws ErrnoException {
        long place = place(scratch, name);
        return Syscall.call(scratch, call, fd.number(), place, flags(name), attribute, arguments, ARGUMENTS_BYTES);
    }

    private static long path(Scratch scratch, Fd fd, @Nullable Name name) throws ErrnoException {
        byte[] start = fd.procPathBytes();
        if (name == null) {
            return scratch.path(start);
        }
        byte[] last = name.bytes();
        byte[] path = Arrays.copyOf(start, start.length + 1 + last.length);
        path[start.length] = '/';
        System.arraycopy(last, 0, path, start.length + 1, last.length);
        return scratch.path(path);
    }
}
