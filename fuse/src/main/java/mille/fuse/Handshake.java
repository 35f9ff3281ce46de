package mille.fuse;

import java.util.EnumSet;
import java.util.Set;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileData;

/** INIT: the first request of a connection, by which kernel and server agree on version, limits and capabilities. */
final class Handshake {
    private static final int MAJOR = 7;

    /** The newest minor version whose requests are known here. */
    private static final int NEWEST_MINOR = 45;

    /** Linux 5.4: READ, WRITE, CREATE and SETATTR have had their present shape since, and pages can be counted. */
    private static final int OLDEST_MINOR = 31;

    private static final int PAGE = 4096;

    private Handshake() {}

    /**
     * Waits for INIT on a device that was just mounted, and answers it.
     *
     * @param rings whether requests can come over io_uring, if the kernel offers that
     * @throws ErrnoException EPROTO where the kernel is too old; ENODEV where it was unmounted meanwhile
     */
    static Negotiated perform(Fd device, SessionOptions options, boolean rings) throws ErrnoException {
        Exchange exchange = Exchange.ofMessages(16 * PAGE);
        while (true) {
            int length = FileData.tryRead(device, exchange.inBuffer, (int) exchange.inBuffer.sizeBytes());
            if (length < 0) {
                if (length == -Errno.EINTR.code() || length == -Errno.EAGAIN.code()) {
                    continue;
                }
                throw new ErrnoException(Errno.of(-length), "read INIT from /dev/fuse");
            }
            exchange.open(Wire.InitIn.BYTES, length);
            long unique = exchange.unique();
            if (Opcode.of(exchange.headerInt(Wire.InHeader.OPCODE)) != Opcode.INIT) {
                exchange.fail(Errno.EIO);
                write(device, exchange, unique);
                continue;
            }
            int major = exchange.structureInt(Wire.InitIn.MAJOR);
            int minor = exchange.structureInt(Wire.InitIn.MINOR);
            if (major < MAJOR || (major == MAJOR && minor < OLDEST_MINOR)) {
                exchange.fail(Errno.EPROTO);
                write(device, exchange, unique);
                throw new ErrnoException(Errno.EPROTO, "the kernel speaks FUSE " + major + "." + minor);
            }
            Negotiated negotiated = answer(exchange, options, rings, minor);
            write(device, exchange, unique);
            if (major == MAJOR) { // a newer one asks again, in our version
                return negotiated;
            }
        }
    }

    private static Negotiated answer(Exchange exchange, SessionOptions options, boolean rings, int kernelMinor) {
        int offeredLow = exchange.structureInt(Wire.InitIn.FLAGS);
        long offered = Integer.toUnsignedLong(offeredLow);
        if ((offered & Capability.INIT_EXT.bit()) != 0) {
            offered |= (long) exchange.structureInt(Wire.InitIn.FLAGS2) << 32;
        }
        Set<Capability> wanted = EnumSet.of(Capability.BIG_WRITES, Capability.MAX_PAGES, Capability.INIT_EXT);
        wanted.addAll(options.capabilities());
        wanted.remove(Capability.OVER_IO_URING);
        if (rings && areRingsBetter(options.transport(), offered)) {
            wanted.add(Capability.OVER_IO_URING);
        }
        long flags = offered & Capability.bits(wanted);
        int minor = Math.min(kernelMinor, NEWEST_MINOR);

        exchange.clear(0, Wire.InitOut.BYTES);
        exchange.putInt(Wire.InitOut.MAJOR, MAJOR);
        exchange.putInt(Wire.InitOut.MINOR, minor);
        exchange.putInt(Wire.InitOut.MAX_READAHEAD, exchange.structureInt(Wire.InitIn.MAX_READAHEAD));
        exchange.putInt(Wire.InitOut.FLAGS, (int) flags);
        exchange.putInt(Wire.InitOut.FLAGS2, (int) (flags >>> 32));
        int background = options.maxBackground();
        int congestion = background * 3 / 4; // as the kernel has it for its own default
        exchange.putInt(Wire.InitOut.MAX_BACKGROUND, background | congestion << 16); // two numbers of 16 bits
        exchange.putInt(Wire.InitOut.MAX_WRITE, options.transferBytes());
        exchange.putInt(Wire.InitOut.TIME_GRAN, 1);
        exchange.putInt(Wire.InitOut.MAX_PAGES, options.transferBytes() / PAGE);
        if ((flags & Capability.PASSTHROUGH.bit()) != 0) {
            exchange.putInt(Wire.Newer.INIT_OUT_MAX_STACK_DEPTH, options.maxStackDepth());
        }
        exchange.bodyBytes = Wire.InitOut.BYTES;
        return new Negotiated(minor, flags, options.transferBytes());
    }

    /** What a wake-up costs is looked at only where there is a choice, or for the start-up cache. */
    private static boolean areRingsBetter(Transport asked, long offered) {
        boolean offers = (offered & Capability.OVER_IO_URING.bit()) != 0;
        boolean isWanted = asked == Transport.URING || ((offers || Rehearsal.IS_ON) && WakeUp.isDear());
        return offers && isWanted;
    }

    private static void write(Fd device, Exchange exchange, long unique) throws ErrnoException {
        int length = exchange.seal(unique);
        int result = FileData.tryWrite(device, exchange.outBuffer, length);
        if (result < 0) {
            throw new ErrnoException(Errno.of(-result), "answer INIT on /dev/fuse");
        }
    }
}
