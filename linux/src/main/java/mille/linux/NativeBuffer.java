package mille.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * A piece of native memory that data passes through on its way between descriptors, without a copy into the Java heap. Numbers are in the
 * machine's byte order; offsets and sizes are in bytes; an access outside throws {@link IndexOutOfBoundsException}.
 */
public final class NativeBuffer {
    private static final int PROT_READ = 1;
    private static final int PROT_WRITE = 2;
    private static final int MAP_SHARED = 0x01;
    private static final int MAP_PRIVATE = 0x02;
    private static final int MAP_ANONYMOUS = 0x20;
    private static final int MAP_POPULATE = 0x8000;

    private final MemorySegment segment;

    private NativeBuffer(MemorySegment segment) {
        this.segment = segment;
    }

    /** Memory that lives for as long as the buffer can be reached; zeroed. */
    public static NativeBuffer allocate(long sizeBytes) {
        return new NativeBuffer(Arena.ofAuto().allocate(sizeBytes, 8));
    }

    /**
     * Memory of its own pages: starts at a page's start, is zeroed, and takes no room until it is touched. It lives for as long as the
     * buffer can be reached.
     *
     * @throws OutOfMemoryError where the kernel gives none
     */
    public static NativeBuffer map(long sizeBytes) {
        return map(sizeBytes, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    }

    /** Memory that the driver of an open file shares with us, from that offset of the file on. */
    static NativeBuffer map(Fd file, long offset, long sizeBytes) {
        return map(sizeBytes, MAP_SHARED | MAP_POPULATE, file.number(), offset);
    }

    @SuppressWarnings("restricted") // the kernel just gave these bytes
    private static NativeBuffer map(long sizeBytes, int flags, int file, long offset) {
        long address =
                Syscall.call(Scratch.get(), Syscall.MMAP, 0, sizeBytes, PROT_READ | PROT_WRITE, flags, file, offset);
        if (address < 0) {
            throw new OutOfMemoryError("mmap of " + sizeBytes + " bytes: " + Errno.of((int) -address));
        }
        return new NativeBuffer(MemorySegment.ofAddress(address)
                .reinterpret(
                        sizeBytes,
                        Arena.ofAuto(),
                        pages -> Syscall.call(Scratch.get(), Syscall.MUNMAP, address, sizeBytes)));
    }

    /**
     * Wraps memory whose lifetime is the caller's affair.
     *
     * @throws IllegalArgumentException for memory of the Java heap, which has no address
     */
    public static NativeBuffer of(MemorySegment segment) {
        if (!segment.isNative()) {
            throw new IllegalArgumentException("not native memory: " + segment);
        }
        return new NativeBuffer(segment);
    }

    public MemorySegment segment() {
        return segment;
    }

    /**
     * The address of {@code length} bytes from {@code offset}, for one system call. The number keeps nothing alive: the caller keeps the
     * buffer reachable until the call is over ({@link java.lang.ref.Reference#reachabilityFence}).
     */
    long address(long offset, long length) {
        Objects.checkFromIndexSize(offset, length, segment.byteSize());
        if (!segment.scope().isAlive()) {
            throw new IllegalStateException("the buffer's memory was given back");
        }
        return segment.address() + offset;
    }

    public long sizeBytes() {
        return segment.byteSize();
    }

    public NativeBuffer slice(long offset, long sizeBytes) {
        return new NativeBuffer(segment.asSlice(offset, sizeBytes));
    }

    public byte getByte(long offset) {
        return segment.get(ValueLayout.JAVA_BYTE, offset);
    }

    public int getInt(long offset) {
        return segment.get(ValueLayout.JAVA_INT_UNALIGNED, offset);
    }

    public long getLong(long offset) {
        return segment.get(ValueLayout.JAVA_LONG_UNALIGNED, offset);
    }

    public void putByte(long offset, byte value) {
        segment.set(ValueLayout.JAVA_BYTE, offset, value);
    }

    public void putInt(long offset, int value) {
        segment.set(ValueLayout.JAVA_INT_UNALIGNED, offset, value);
    }

    public void putLong(long offset, long value) {
        segment.set(ValueLayout.JAVA_LONG_UNALIGNED, offset, value);
    }

    /** A copy of {@code length} bytes from {@code offset}. */
    public byte[] getBytes(long offset, int length) {
        byte[] bytes = new byte[length];
        MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, offset, bytes, 0, length);
        return bytes;
    }

    public void putBytes(long offset, byte[] bytes, int from, int length) {
        MemorySegment.copy(bytes, from, segment, ValueLayout.JAVA_BYTE, offset, length);
    }
}
