package mille.fuse;

import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.FileName;
import mille.linux.NativeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The memory of one request and of its reply, reused for each that a worker serves.
 *
 * <p>Where header, structure and payload (names, data) lie is the transport's affair: one after the other in a message of
 * {@code /dev/fuse}, in places of their own over io_uring. Everything above this class asks for a part and an offset in it.
 *
 * <p>Owned by one thread; only what {@link #interrupt} touches is shared.
 */
final class Exchange {
    /** {@link #bodyBytes} of a reply that needs a body and hasn't got one. */
    static final int NO_BODY = -1;

    /** An updater rather than a VarHandle, which would make classes at each start. */
    private static final AtomicLongFieldUpdater<Exchange> CURRENT =
            AtomicLongFieldUpdater.newUpdater(Exchange.class, "current");

    private static final int PAGE = 4096;

    /** Room for an attribute of the greatest size, with names. */
    private static final int RING_ASIDE_BYTES = 18 * PAGE;

    /** Where the payload begins in the memory of an exchange over io_uring: header and what is set aside come before. */
    static final int RING_PAYLOAD = PAGE + RING_ASIDE_BYTES;

    final NativeBuffer inBuffer;
    final NativeBuffer outBuffer;
    private final Placement placement;

    /** The body's memory, for data read straight into it. */
    final NativeBuffer body;

    /** The memory after WRITE's structure, for data written straight from it. */
    final NativeBuffer writeData;

    private long payloadAt;
    private long payloadEnd;

    // The reply so far.
    int errorCode;
    int bodyBytes;
    boolean deferred;

    /** The unique number of the request being served, 0 between two. */
    private volatile long current;

    /** The unique number of a request whose caller was interrupted while it was served here. */
    private volatile long interrupted;

    /**
     * Where the parts lie in the two buffers, in bytes.
     *
     * @param payload -1 where it follows the structure
     * @param aside where a payload is copied to before the reply is written in its place, -1 where the reply has a place of its own
     */
    record Placement(int header, int structure, int payload, int aside, int replyHeader, int replyBody) {
        /** One contiguous message, as {@code read(2)} and {@code write(2)} move it. */
        static final Placement MESSAGE = new Placement(0, Wire.InHeader.BYTES, -1, -1, 0, Wire.OutHeader.BYTES);

        /** Over io_uring request and reply share their places. */
        static final Placement RING = new Placement(0, Wire.Newer.URING_OP_IN, RING_PAYLOAD, PAGE, 0, RING_PAYLOAD);
    }

    Exchange(NativeBuffer inBuffer, NativeBuffer outBuffer, Placement placement) {
        this.inBuffer = inBuffer;
        this.outBuffer = outBuffer;
        this.placement = placement;
        this.body = outBuffer.slice(placement.replyBody, outBuffer.sizeBytes() - placement.replyBody);
        long dataAt = placement.payload >= 0 ? placement.payload : placement.structure + Wire.WriteIn.BYTES;
        this.writeData = inBuffer.slice(dataAt, inBuffer.sizeBytes() - dataAt);
    }

    /**
     * Buffers for messages on {@code /dev/fuse}: WRITE's data begins at a page's start, as does READ's.
     *
     * @param transferBytes the longest data of a READ or WRITE, a multiple of the page size
     */
    static Exchange ofMessages(int transferBytes) {
        int before = Wire.InHeader.BYTES + Wire.WriteIn.BYTES;
        NativeBuffer in = NativeBuffer.map(PAGE + transferBytes + PAGE);
        NativeBuffer out = NativeBuffer.map(PAGE + transferBytes);
        return new Exchange(
                in.slice(PAGE - before, before + transferBytes + PAGE),
                out.slice(PAGE - Wire.OutHeader.BYTES, Wire.OutHeader.BYTES + transferBytes),
                Placement.MESSAGE);
    }

    /** Memory for a place in a queue of io_uring. */
    static Exchange ofRing(int transferBytes) {
        NativeBuffer memory = NativeBuffer.map(RING_PAYLOAD + transferBytes);
        return new Exchange(memory, memory, Placement.RING);
    }

    /** What the kernel is told of an exchange {@link #ofRing}: where header and payload are, as two of {@code struct iovec}. */
    static NativeBuffer ringPlaces(Exchange exchange, int transferBytes) {
        long address = exchange.inBuffer.address();
        NativeBuffer places = NativeBuffer.allocate(32);
        places.putLong(0, address);
        places.putLong(8, Wire.Newer.URING_HEADER_BYTES);
        places.putLong(16, address + RING_PAYLOAD);
        places.putLong(24, transferBytes);
        return places;
    }

    /**
     * Takes up the request that the transport has put into the in buffer.
     *
     * @param structureBytes the size of the opcode's structure
     * @param messageEnd where the payload ends in the in buffer
     */
    void open(int structureBytes, long messageEnd) {
        payloadAt = placement.payload >= 0 ? placement.payload : placement.structure + structureBytes;
        payloadEnd = messageEnd;
        if (placement.aside >= 0) {
            setAside();
        }
        errorCode = 0;
        bodyBytes = 0;
        deferred = false;
    }

    /** Lets handlers read names after they have begun to answer. What is written stays, as there is much of it, and little to answer. */
    private void setAside() {
        long length = payloadEnd - payloadAt;
        if (length > 0 && length <= RING_ASIDE_BYTES && headerInt(Wire.InHeader.OPCODE) != Opcode.WRITE.code()) {
            inBuffer.move(payloadAt, placement.aside, length);
            payloadAt = placement.aside;
            payloadEnd = payloadAt + length;
        }
    }

    int headerInt(int offset) {
        return inBuffer.getInt(placement.header + offset);
    }

    long headerLong(int offset) {
        return inBuffer.getLong(placement.header + offset);
    }

    long unique() {
        return headerLong(Wire.InHeader.UNIQUE);
    }

    int structureInt(int offset) {
        return inBuffer.getInt(placement.structure + offset);
    }

    long structureLong(int offset) {
        return inBuffer.getLong(placement.structure + offset);
    }

    byte payloadByte(long offset) {
        return inBuffer.getByte(payloadAt + offset);
    }

    int payloadInt(long offset) {
        return inBuffer.getInt(payloadAt + offset);
    }

    long payloadLong(long offset) {
        return inBuffer.getLong(payloadAt + offset);
    }

    /** What comes after the structure, extensions included. */
    long payloadBytes() {
        return payloadEnd - payloadAt;
    }

    byte[] payload(long offset, int length) {
        return inBuffer.getBytes(payloadAt + offset, length);
    }

    /** The length of the NUL-terminated string at this offset of the payload, NUL not counted. */
    int stringLength(long offset) {
        return inBuffer.textLength(payloadAt + offset, payloadEnd);
    }

    byte[] string(long offset) {
        return payload(offset, stringLength(offset));
    }

    /**
     * @throws ErrnoException ENAMETOOLONG (the kernel itself lets names of up to 1,024 bytes pass), EINVAL for what is no name
     */
    FileName name(long offset) throws ErrnoException {
        byte[] bytes = string(offset);
        if (!FileName.isValid(bytes)) {
            throw new ErrnoException(
                    bytes.length > FileName.MAX_BYTES ? Errno.ENAMETOOLONG : Errno.EINVAL,
                    "a name of " + bytes.length + " bytes");
        }
        return FileName.of(bytes);
    }

    void putInt(long offset, int value) {
        outBuffer.putInt(placement.replyBody + offset, value);
    }

    void putLong(long offset, long value) {
        outBuffer.putLong(placement.replyBody + offset, value);
    }

    void putBytes(long offset, byte[] bytes) {
        outBuffer.putBytes(placement.replyBody + offset, bytes, 0, bytes.length);
    }

    /** Bytes of the body from here on become 0: replies never carry what an older one held. */
    void clear(long offset, long length) {
        outBuffer.clear(placement.replyBody + offset, length);
    }

    int bodyCapacity() {
        return (int) body.sizeBytes();
    }

    void fail(Errno errno) {
        errorCode = errno.code();
    }

    /** Writes the reply's header; returns the whole reply's length. */
    int seal(long unique) {
        int length = Wire.OutHeader.BYTES + (errorCode == 0 ? bodyBytes : 0);
        outBuffer.putInt(placement.replyHeader + Wire.OutHeader.LEN, length);
        outBuffer.putInt(placement.replyHeader + Wire.OutHeader.ERROR, -errorCode);
        outBuffer.putLong(placement.replyHeader + Wire.OutHeader.UNIQUE, unique);
        return length;
    }

    /** Makes the request known to {@link #interrupt}; 0 when it is done. */
    void serving(long unique) {
        CURRENT.lazySet(this, unique);
    }

    /**
     * Called by any thread.
     *
     * @return whether that request is being served here
     */
    boolean interrupt(long unique) {
        if (current != unique) {
            return false;
        }
        interrupted = unique;
        return true;
    }

    boolean isInterrupted() {
        return interrupted == unique();
    }

    /** For the log: which request this is. */
    @Override
    public String toString() {
        int code = headerInt(Wire.InHeader.OPCODE);
        @Nullable Opcode opcode = Opcode.of(code);
        return (opcode == null ? "opcode " + code : opcode.name()) + " of node " + headerLong(Wire.InHeader.NODEID)
                + " (request " + unique() + ", pid " + headerInt(Wire.InHeader.PID) + ")";
    }
}
