package mille.linux;

import java.lang.ref.Reference;

/** {@code ioctl(2)} for devices whose commands belong to a module above this one. */
public final class Ioctl {
    private Ioctl() {}

    /**
     * For a small structure, which the thread has memory for.
     *
     * @param argument what the command reads; what it writes takes its place
     * @return what the driver returns, 0 or more
     */
    public static int call(Fd file, int command, byte[] argument) throws ErrnoException {
        NativeBuffer struct = Scratch.get().struct;
        struct.putBytes(0, argument, 0, argument.length);
        int result = call(file, command, struct);
        struct.getBytes(0, argument);
        return result;
    }

    /**
     * For a structure that only begins with a number, and is else 0.
     *
     * @param sizeBytes of all of it, 4 at least
     */
    public static int call(Fd file, int command, int number, int sizeBytes) throws ErrnoException {
        NativeBuffer struct = Scratch.get().struct;
        struct.clear(0, sizeBytes);
        struct.putInt(0, number);
        return call(file, command, struct);
    }

    /**
     * @param command the request's number with its direction and size, as {@code _IOW} and its kin make it
     * @param argument what the command reads or writes
     * @return what the driver returns, 0 or more
     */
    public static int call(Fd file, int command, NativeBuffer argument) throws ErrnoException {
        try {
            long address = argument.address(0, argument.sizeBytes());
            long result =
                    Syscall.call(Scratch.get(), Syscall.IOCTL, file.number(), Integer.toUnsignedLong(command), address);
            return (int) Syscall.check(result, "ioctl", Integer.toHexString(command));
        } finally {
            Reference.reachabilityFence(argument);
        }
    }
}
