package mille.linux;

/** {@code ioctl(2)} for devices whose commands belong to a module above this one. */
public final class Ioctl {
    private Ioctl() {}

    /**
     * @param command the request's number with its direction and size, as {@code _IOW} and its kin make it
     * @param argument what the command reads or writes
     * @return what the driver returns, 0 or more
     */
    public static int call(Fd file, int command, NativeBuffer argument) throws ErrnoException {
        return (int) Syscall.check(
                Syscall.call(
                        Scratch.get(),
                        Syscall.IOCTL,
                        file.number(),
                        Integer.toUnsignedLong(command),
                        argument.segment().address()),
                "ioctl",
                Integer.toHexString(command));
    }
}
