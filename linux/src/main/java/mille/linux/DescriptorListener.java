package mille.linux;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A listening unix socket that is handed descriptors ({@code SCM_RIGHTS} of {@code unix(7)}), such as an OCI runtime's console socket. The
 * socket's name stays in its directory when it is closed.
 */
public final class DescriptorListener implements AutoCloseable {
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final long MSG_CMSG_CLOEXEC = 0x40000000;

    /** {@code sun_path}, with its NUL. */
    private static final int MAX_NAME_BYTES = 108;

    // struct msghdr, and behind it what it points to.
    private static final int MSG_IOV = 16;
    private static final int MSG_IOVLEN = 24;
    private static final int MSG_CONTROL = 32;
    private static final int MSG_CONTROLLEN = 40;
    private static final int IO_VECTOR = 64;
    private static final int CONTROL = 96;
    private static final int CONTROL_BYTES = 24;

    private final Fd socket;

    private DescriptorListener(Fd socket) {
        this.socket = socket;
    }

    /**
     * Listens at a new name.
     *
     * @param path at most 107 bytes; one through {@code /proc/self/fd} is short
     * @throws ErrnoException EADDRINUSE where the name exists, ENAMETOOLONG
     */
    public static DescriptorListener open(Path path) throws ErrnoException {
        byte[] name = HostPath.bytesOf(path);
        if (name.length >= MAX_NAME_BYTES) {
            throw new ErrnoException(Errno.ENAMETOOLONG, "bind " + path);
        }
        Scratch scratch = Scratch.get();
        Fd socket = Fd.ofResult(
                Syscall.call(scratch, Syscall.SOCKET, AF_UNIX, SOCK_STREAM | O.CLOEXEC | O.NONBLOCK, 0),
                "socket",
                path);
        try {
            NativeBuffer address = scratch.struct;
            address.clear(0, address.sizeBytes());
            address.putShort(0, (short) AF_UNIX);
            address.putBytes(2, name, 0, name.length);
            Syscall.check(
                    Syscall.call(scratch, Syscall.BIND, socket.number(), address.address(), 2 + name.length + 1),
                    "bind",
                    path);
            Syscall.check(Syscall.call(scratch, Syscall.LISTEN, socket.number(), 1), "listen", path);
        } catch (ErrnoException e) {
            socket.close();
            throw e;
        }
        return new DescriptorListener(socket);
    }

    /**
     * The descriptor that somebody has sent by now.
     *
     * @return null where nobody has
     */
    public @Nullable Fd receive() throws ErrnoException {
        Scratch scratch = Scratch.get();
        long accepted = Syscall.call(scratch, Syscall.ACCEPT4, socket.number(), 0, 0, O.CLOEXEC | O.NONBLOCK);
        if (accepted == -Errno.EAGAIN.code()) {
            return null;
        }
        try (Fd connection = Fd.ofResult(accepted, "accept", socket)) {
            NativeBuffer message = scratch.struct;
            message.clear(0, message.sizeBytes());
            message.putLong(MSG_IOV, message.address() + IO_VECTOR);
            message.putLong(MSG_IOVLEN, 1);
            message.putLong(MSG_CONTROL, message.address() + CONTROL);
            message.putLong(MSG_CONTROLLEN, CONTROL_BYTES);
            message.putLong(IO_VECTOR, scratch.buffer().address());
            message.putLong(IO_VECTOR + 8, Scratch.BUFFER_BYTES);
            long received =
                    Syscall.call(scratch, Syscall.RECVMSG, connection.number(), message.address(), MSG_CMSG_CLOEXEC);
            if (received == -Errno.EAGAIN.code()) {
                return null;
            }
            Syscall.check(received, "recvmsg");
            boolean isDescriptor = message.getLong(MSG_CONTROLLEN) >= CONTROL_BYTES - 4
                    && message.getInt(CONTROL + 8) == SOL_SOCKET
                    && message.getInt(CONTROL + 12) == SCM_RIGHTS;
            return isDescriptor ? Fd.adopt(message.getInt(CONTROL + 16)) : null;
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
