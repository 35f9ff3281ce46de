package mille.linux;

/**
 * A pipe ({@code pipe2(2)}).
 *
 * @param read the end to read from; an end of file comes when no write end is open any more
 * @param write the end to write to; EPIPE comes when no read end is open any more
 */
public record Pipe(Fd read, Fd write) implements AutoCloseable {

    public static Pipe open() throws ErrnoException {
        Scratch scratch = Scratch.get();
        Syscall.check(Syscall.call(scratch, Syscall.PIPE2, scratch.struct.address(), O.CLOEXEC), "pipe2");
        return new Pipe(Fd.adopt(scratch.struct.getInt(0)), Fd.adopt(scratch.struct.getInt(4)));
    }

    /** Closes both ends. */
    @Override
    public void close() {
        read.close();
        write.close();
    }
}
