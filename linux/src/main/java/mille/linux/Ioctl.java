package mille.linux;

import java.lang.ref.Reference;

/** {@code ioctl(2)} for devices whose commands belong to a module above this one. */
public final class Ioctl {
    private Ioctl() {}

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
