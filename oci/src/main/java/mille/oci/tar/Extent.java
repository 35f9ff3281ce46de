package mille.oci.tar;

/** A run of a sparse file's bytes that is stored; what lies between extents is a hole and reads as zeros. */
public record Extent(long offsetBytes, long lengthBytes) {

    public Extent {
        if (offsetBytes < 0 || lengthBytes < 0 || offsetBytes + lengthBytes < 0) {
            throw new IllegalArgumentException("a sparse extent is out of range");
        }
    }

    /** The offset of the first byte after it. */
    public long endBytes() {
        return offsetBytes + lengthBytes;
    }
}
