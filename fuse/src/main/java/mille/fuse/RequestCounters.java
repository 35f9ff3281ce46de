package mille.fuse;

/**
 * What one worker has served. Only its own thread counts, with plain stores into an array of its own, so that nothing is shared, locked or
 * allocated for a request. Other threads read it while it changes: each number is whole, and may be a moment old.
 */
final class RequestCounters {
    /** Buckets of the histogram of an opcode; the first holds what took less than this, each next one what took less than twice as long. */
    static final long FIRST_BUCKET_NANOS = 256;

    /** The last one begins at nine minutes. */
    static final int BUCKETS = 32;

    static final int COUNT = 0;
    static final int ERRORS = 1;
    static final int MAX_NANOS = 2;
    static final int HISTOGRAM = 3;

    /** How many numbers an opcode has. */
    static final int WIDTH = HISTOGRAM + BUCKETS;

    private static final int FIRST_BUCKET_ZEROS = Long.numberOfLeadingZeros(FIRST_BUCKET_NANOS - 1);

    /** {@link #WIDTH} numbers for each opcode, by its code. */
    private final long[] numbers = new long[Opcode.CODES * WIDTH];

    long bytesRead;
    long bytesWritten;
    long bytesCopied;

    void count(Opcode opcode, long nanos, boolean failed) {
        int at = opcode.code() * WIDTH;
        numbers[at + COUNT]++;
        if (failed) {
            numbers[at + ERRORS]++;
        }
        if (nanos > numbers[at + MAX_NANOS]) {
            numbers[at + MAX_NANOS] = nanos;
        }
        numbers[at + HISTOGRAM + bucket(nanos)]++;
    }

    static int bucket(long nanos) {
        int bucket = FIRST_BUCKET_ZEROS - Long.numberOfLeadingZeros(Math.max(nanos, 0));
        return Math.clamp(bucket, 0, BUCKETS - 1);
    }

    long get(Opcode opcode, int number) {
        return numbers[opcode.code() * WIDTH + number];
    }
}
