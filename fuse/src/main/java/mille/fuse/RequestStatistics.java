package mille.fuse;

import java.util.Arrays;
import java.util.Collection;

/**
 * What became of all requests of one opcode since the session began.
 *
 * <p>Times are a handler's: from when the request was here to when its answer is about to leave. What the kernel needs for both ways, and how
 * long a request waited for a worker, isn't in them.
 */
public final class RequestStatistics {
    private final Opcode opcode;
    private final long count;
    private final long errors;
    private final long maxNanos;
    private final long[] histogram;

    RequestStatistics(Opcode opcode, Collection<RequestCounters> workers) {
        this.opcode = opcode;
        long[] sums = new long[RequestCounters.WIDTH];
        long max = 0;
        for (RequestCounters worker : workers) {
            for (int number = 0; number < RequestCounters.WIDTH; number++) {
                sums[number] += worker.get(opcode, number);
            }
            max = Math.max(max, worker.get(opcode, RequestCounters.MAX_NANOS));
        }
        count = sums[RequestCounters.COUNT];
        errors = sums[RequestCounters.ERRORS];
        maxNanos = max;
        histogram = Arrays.copyOfRange(sums, RequestCounters.HISTOGRAM, RequestCounters.WIDTH);
    }

    public Opcode opcode() {
        return opcode;
    }

    public long count() {
        return count;
    }

    /** How many of them were answered with an errno. A name that doesn't exist is none, where the kernel may remember it. */
    public long errors() {
        return errors;
    }

    /** What the longest took. */
    public long maxNanos() {
        return maxNanos;
    }

    /** How many buckets the histogram has. */
    public int buckets() {
        return histogram.length;
    }

    /** How many requests took less than {@link #limitNanos} of this bucket, and not less than that of the one before. */
    public long bucket(int index) {
        return histogram[index];
    }

    /** The powers of two; the last bucket has no limit but this number all the same. */
    public static long limitNanos(int bucket) {
        return RequestCounters.FIRST_BUCKET_NANOS << bucket;
    }

    /**
     * The time that a part of the requests didn't exceed, as near as the buckets tell it; 0 where there were none.
     *
     * @param part such as 0.5 for the median
     */
    public long quantileNanos(double part) {
        long total = 0;
        for (long one : histogram) {
            total += one;
        }
        double wanted = total * part;
        long before = 0;
        for (int i = 0; i < histogram.length; i++) {
            if (histogram[i] > 0 && before + histogram[i] >= wanted) {
                long from = i == 0 ? 0 : limitNanos(i - 1);
                double within = (wanted - before) / histogram[i];
                return Math.min(maxNanos, from + (long) ((limitNanos(i) - from) * within));
            }
            before += histogram[i];
        }
        return maxNanos;
    }
}
