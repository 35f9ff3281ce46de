package mille.fuse;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import org.jspecify.annotations.Nullable;

/**
 * A request that took long to serve, for Java's Flight Recorder. Made for each request while somebody records, and only then; one that took
 * less than the recording's threshold leaves nothing.
 *
 * <p>Nobody touches this class before {@link jdk.jfr.FlightRecorder#isInitialized}, so that a start needn't load it.
 */
@Name("mille.SlowRequest")
@Label("Slow Request")
@Category("Mille")
@Description("A request of the kernel's that took long to serve")
@Threshold("10 ms")
@StackTrace(false)
final class SlowRequest extends Event {
    /** To ask whether anybody records. */
    static final SlowRequest PROBE = new SlowRequest();

    @Label("Request")
    @Nullable
    String opcode;

    @Label("Node")
    long node;

    @Label("Error Code")
    @Description("The errno of the answer, 0 for success")
    int errorCode;

    static @Nullable SlowRequest begunIfRecorded() {
        if (!PROBE.isEnabled()) {
            return null;
        }
        SlowRequest request = new SlowRequest();
        request.begin();
        return request;
    }

    void end(Opcode served, Exchange exchange, long nodeId) {
        end();
        if (shouldCommit()) {
            opcode = served.name();
            node = nodeId;
            errorCode = exchange.errorCode;
            commit();
        }
    }
}
