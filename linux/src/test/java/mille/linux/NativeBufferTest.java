package mille.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;

final class NativeBufferTest {
    private static final int SIZE = 16;

    private final NativeBuffer buffer = NativeBuffer.allocate(SIZE);

    @Test
    void numbersOfEachWidthComeBackFromUnalignedPlaces() {
        buffer.putLong(1, 0x8807060504030201L);
        assertEquals(0x8807060504030201L, buffer.getLong(1));
        assertEquals(0x04030201, buffer.getInt(1));
        assertEquals((short) 0x8807, buffer.getShort(7));
        assertEquals((byte) 0x88, buffer.getByte(8));
        buffer.putByte(1, (byte) -1);
        buffer.putShort(3, (short) -2);
        buffer.putInt(5, -3);
        assertArrayEquals(new byte[] {0, -1, 2, -2, -1, -3, -1, -1, -1, 0}, buffer.getBytes(0, 10));
    }

    @Test
    void memoryIsZeroAtFirst() {
        assertArrayEquals(new byte[SIZE], buffer.getBytes(0, SIZE));
        assertArrayEquals(new byte[8192], NativeBuffer.map(8192).getBytes(0, 8192));
    }

    private record Access(int widthBytes, LongConsumer at) {}

    private List<Access> accesses(NativeBuffer of) {
        return List.of(
                new Access(1, of::getByte),
                new Access(2, of::getShort),
                new Access(4, of::getInt),
                new Access(8, of::getLong),
                new Access(1, at -> of.putByte(at, (byte) 0)),
                new Access(2, at -> of.putShort(at, (short) 0)),
                new Access(4, at -> of.putInt(at, 0)),
                new Access(8, at -> of.putLong(at, 0)),
                new Access(3, at -> of.getBytes(at, 3)),
                new Access(3, at -> of.getBytes(at, new byte[3])),
                new Access(3, at -> of.putBytes(at, new byte[4], 1, 3)),
                new Access(3, at -> of.clear(at, 3)),
                new Access(3, at -> of.move(at, 0, 3)),
                new Access(3, at -> of.move(0, at, 3)),
                new Access(3, at -> of.textLength(at, at + 3)),
                new Access(3, at -> of.slice(at, 3)),
                new Access(3, at -> of.address(at, 3)));
    }

    @Test
    void noAccessLeavesTheBuffer() {
        for (NativeBuffer some : List.of(buffer, NativeBuffer.allocate(3 * SIZE).slice(SIZE, SIZE))) {
            for (Access access : accesses(some)) {
                access.at.accept(0);
                access.at.accept(SIZE - access.widthBytes);
                for (long outside :
                        new long[] {-1, SIZE - access.widthBytes + 1, SIZE, Long.MAX_VALUE, Long.MIN_VALUE}) {
                    assertThrows(IndexOutOfBoundsException.class, () -> access.at.accept(outside));
                }
            }
        }
        assertThrows(IndexOutOfBoundsException.class, () -> buffer.slice(0, -1));
        assertThrows(IndexOutOfBoundsException.class, () -> buffer.clear(8, -1));
        assertThrows(IndexOutOfBoundsException.class, () -> buffer.putBytes(0, new byte[2], 1, 2));
        assertThrows(IndexOutOfBoundsException.class, () -> buffer.textLength(2, 1));
    }

    @Test
    void aSliceIsAViewOfTheSameMemory() {
        NativeBuffer slice = buffer.slice(4, 8);
        slice.putInt(4, 7);
        assertEquals(7, buffer.getInt(8));
        assertEquals(buffer.address() + 4, slice.address());
        assertEquals(8, slice.sizeBytes());
    }

    @Test
    void aTextEndsAtAZeroOrWhereItIsCut() {
        buffer.putBytes(2, new byte[] {'a', 'b', 'c'}, 0, 3);
        assertEquals(3, buffer.textLength(2, SIZE));
        assertEquals(2, buffer.textLength(3, SIZE));
        assertEquals(2, buffer.textLength(2, 4));
        assertEquals(0, buffer.textLength(0, SIZE));
        assertEquals(0, buffer.textLength(SIZE, SIZE));
    }

    @Test
    void whatIsMovedMayOverlap() {
        buffer.putBytes(0, new byte[] {1, 2, 3, 4, 5}, 0, 5);
        buffer.move(0, 2, 5);
        assertArrayEquals(new byte[] {1, 2, 1, 2, 3, 4, 5}, buffer.getBytes(0, 7));
        buffer.clear(1, 3);
        assertArrayEquals(new byte[] {1, 0, 0, 0, 3, 4, 5}, buffer.getBytes(0, 7));
    }
}
