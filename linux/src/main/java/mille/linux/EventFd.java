package mille.linux;

/** A flag to wait for beside other descriptors ({@code eventfd(2)}): its descriptor can be read from {@link #raise} to {@link #lower}. */
public final class EventFd implements AutoCloseable {
    private final Fd descriptor;

    private EventFd(Fd descriptor) {
        this.descriptor = descriptor;
    }

    /** A lowered one. */
    public static EventFd create() throws ErrnoException {
        // EFD_CLOEXEC and EFD_NONBLOCK are O_CLOEXEC and O_NONBLOCK.
        return new EventFd(
                Fd.ofResult(Syscall.call(Scratch.get(), Syscall.EVENTFD2, 0, O.CLOEXEC | O.NONBLOCK), "eventfd"));
    }

    /** For waiting alone; it belongs to this object. */
    public Fd descriptor() {
        return descriptor;
    }

    public void raise() throws ErrnoException {
        Scratch scratch = Scratch.get();
        scratch.struct.putLong(0, 1);
        long result = Syscall.call(scratch, Syscall.WRITE, descriptor.number(), scratch.struct.address(), Long.BYTES);
        if (result != -Errno.EAGAIN.code()) { // the counter is full: raised it is
            Syscall.check(result, "write an eventfd");
        }
    }

    /**
     * @return whether it was raised
     */
    public boolean lower() throws ErrnoException {
        Scratch scratch = Scratch.get();
        long result = Syscall.call(scratch, Syscall.READ, descriptor.number(), scratch.struct.address(), Long.BYTES);
        if (result == -Errno.EAGAIN.code()) {
            return false;
        }
        Syscall.check(result, "read an eventfd");
        return true;
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
