package mille.linux;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.Objects;
import jdk.internal.misc.Unsafe;

/**
 * A piece of native memory: what system calls read and write, and what data passes through on its way between descriptors, without a copy into
 * the Java heap. Numbers are in the machine's byte order and need no alignment; offsets and sizes are in bytes; an access outside throws
 * {@link IndexOutOfBoundsException}.
 *
 * <p>It is read and written by address, each access a machine instruction behind a comparison: through {@code java.lang.foreign} each would be
 * a kilobyte of code, to be compiled in the first second of a mount (ADR 12).
 */
@SuppressWarnings("ReachabilityFenceUsage") // nothing is thrown between an access and its fence
public final class NativeBuffer {
    private static final Unsafe MEMORY = Unsafe.getUnsafe();
    private static final Cleaner CLEANER = Cleaner.create();
    private static final int PROT_READ = 1;
    private static final int PROT_WRITE = 2;
    private static final int MAP_SHARED = 0x01;
    private static final int MAP_PRIVATE = 0x02;
    private static final int MAP_ANONYMOUS = 0x20;
    private static final int MAP_POPULATE = 0x8000;

    /** Shared with slices: once nobody can reach it, the memory is given back. */
    private final Object owner;

    private final long address;
    private final long sizeBytes;

    private NativeBuffer(Object owner, long address, long sizeBytes) {
        this.owner = owner;
        this.address = address;
        this.sizeBytes = sizeBytes;
    }

    private NativeBuffer(long address, long sizeBytes, Runnable giveBack) {
        this(new Object(), address, sizeBytes);
        Cleaner.Cleanable _ = CLEANER.register(owner, giveBack);
    }

    /** Memory that lives for as long as the buffer can be reached; zeroed. */
    public static NativeBuffer allocate(long sizeBytes) {
        long address = MEMORY.allocateMemory(sizeBytes);
        MEMORY.setMemory(address, sizeBytes, (byte) 0);
        return new NativeBuffer(address, sizeBytes, () -> MEMORY.freeMemory(address));
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

    private static NativeBuffer map(long sizeBytes, int flags, int file, long offset) {
        long address =
                Syscall.call(Scratch.get(), Syscall.MMAP, 0, sizeBytes, PROT_READ | PROT_WRITE, flags, file, offset);
        if (address < 0) {
            throw new OutOfMemoryError("mmap of " + sizeBytes + " bytes: " + Errno.of((int) -address));
        }
        return new NativeBuffer(
                address, sizeBytes, () -> Syscall.call(Scratch.get(), Syscall.MUNMAP, address, sizeBytes));
    }

    /**
     * The address of {@code length} bytes from {@code offset}, for one system call. The number keeps nothing alive: the caller keeps the
     * buffer reachable until the call is over ({@link Reference#reachabilityFence}).
     */
    long address(long offset, long length) {
        if ((offset | length) < 0 || offset > sizeBytes - length) {
            throw new IndexOutOfBoundsException(length + " bytes at " + offset + " of " + sizeBytes);
        }
        return address + offset;
    }

    /** The address of the first byte, for structures that carry one to the kernel; it holds for as long as the buffer can be reached. */
    public long address() {
        return address;
    }

    public long sizeBytes() {
        return sizeBytes;
    }

    public NativeBuffer slice(long offset, long length) {
        return new NativeBuffer(owner, address(offset, length), length);
    }

    public byte getByte(long offset) {
        byte value = MEMORY.getByte(address(offset, Byte.BYTES));
        Reference.reachabilityFence(this);
        return value;
    }

    public short getShort(long offset) {
        short value = MEMORY.getShort(address(offset, Short.BYTES));
        Reference.reachabilityFence(this);
        return value;
    }

    public int getInt(long offset) {
        int value = MEMORY.getInt(address(offset, Integer.BYTES));
        Reference.reachabilityFence(this);
        return value;
    }

    public long getLong(long offset) {
        long value = MEMORY.getLong(address(offset, Long.BYTES));
        Reference.reachabilityFence(this);
        return value;
    }

    public void putByte(long offset, byte value) {
        MEMORY.putByte(address(offset, Byte.BYTES), value);
        Reference.reachabilityFence(this);
    }

    public void putShort(long offset, short value) {
        MEMORY.putShort(address(offset, Short.BYTES), value);
        Reference.reachabilityFence(this);
    }

    public void putInt(long offset, int value) {
        MEMORY.putInt(address(offset, Integer.BYTES), value);
        Reference.reachabilityFence(this);
    }

    public void putLong(long offset, long value) {
        MEMORY.putLong(address(offset, Long.BYTES), value);
        Reference.reachabilityFence(this);
    }

    /** How many bytes there are from {@code offset} to the next zero, or to {@code end} where none comes before it. */
    public int textLength(long offset, long end) {
        long from = address(offset, end - offset);
        long to = from + (end - offset);
        long at = from;
        while (at < to && MEMORY.getByte(at) != 0) {
            at++;
        }
        Reference.reachabilityFence(this);
        return Math.toIntExact(at - from);
    }

    /** A copy of {@code length} bytes from {@code offset}. */
    public byte[] getBytes(long offset, long length) {
        byte[] bytes = new byte[Math.toIntExact(length)];
        getBytes(offset, bytes);
        return bytes;
    }

    /** Fills the array from {@code offset} on. */
    public void getBytes(long offset, byte[] into) {
        MEMORY.copyMemory(null, address(offset, into.length), into, Unsafe.ARRAY_BYTE_BASE_OFFSET, into.length);
        Reference.reachabilityFence(this);
    }

    /** Puts {@code length} bytes of an array, those from {@code from}, at {@code offset}. */
    public void putBytes(long offset, byte[] bytes, int from, int length) {
        Objects.checkFromIndexSize(from, length, bytes.length);
        MEMORY.copyMemory(bytes, Unsafe.ARRAY_BYTE_BASE_OFFSET + from, null, address(offset, length), length);
        Reference.reachabilityFence(this);
    }

    /** Copies within the buffer; the two places may overlap. */
    public void move(long from, long to, long length) {
        MEMORY.copyMemory(address(from, length), address(to, length), length);
        Reference.reachabilityFence(this);
    }

    /** Makes {@code length} bytes from {@code offset} zeros. */
    public void clear(long offset, long length) {
        MEMORY.setMemory(address(offset, length), length, (byte) 0);
        Reference.reachabilityFence(this);
    }
}
