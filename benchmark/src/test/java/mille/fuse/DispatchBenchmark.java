package mille.fuse;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import mille.linux.ErrnoException;
import mille.linux.FileName;
import mille.linux.Stat;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A request from its bytes to those of its reply, with a file system that answers at once. {@link #forget} has no reply, and {@link #lookup} and
 * {@link #absent} differ by what an entry takes to fill.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class DispatchBenchmark {
    private static final long UNIQUE = 42;

    private final Exchange exchange = Exchange.ofMessages(65536);
    private final Dispatcher dispatcher = new Dispatcher(
            new InstantFileSystem(), exchange, new Negotiated(38, 0, 65536), new Interrupts(), (unique, error) -> {});

    /** One name, its attributes and that it isn't known, from memory. */
    private static final class InstantFileSystem implements FuseFileSystem {
        private static final Stat.Time TIME = new Stat.Time(1, 2);
        private static final Stat STAT = new Stat(9, 0100644, 1, 0, 0, 0, 0, 4096, 8, 4096, TIME, TIME, TIME, TIME, 0);
        private static final FileName ABSENT = FileName.of("absent");

        @Override
        public void lookup(Request.Named request, Reply.Entry reply) throws ErrnoException {
            if (request.name().equals(ABSENT)) {
                reply.absent(Reply.FOREVER);
            } else {
                reply.entry()
                        .node(9, 0)
                        .validFor(Reply.FOREVER, Reply.FOREVER)
                        .attributes()
                        .of(STAT);
            }
        }

        @Override
        public void getAttributes(Request.AttributeQuery request, Reply.Attributes reply) {
            reply.attributes(Reply.FOREVER).of(STAT);
        }

        @Override
        public void forget(long nodeId, long lookups) {}
    }

    /** Lays out a message as the kernel writes it, payload right after the opcode's structure. */
    private int dispatch(Opcode opcode, byte[] payload) {
        int payloadAt = Wire.InHeader.BYTES + opcode.structureBytes();
        exchange.inBuffer.putInt(Wire.InHeader.LEN, payloadAt + payload.length);
        exchange.inBuffer.putInt(Wire.InHeader.OPCODE, opcode.code());
        exchange.inBuffer.putLong(Wire.InHeader.UNIQUE, UNIQUE);
        exchange.inBuffer.putLong(Wire.InHeader.NODEID, Request.ROOT_NODE);
        exchange.inBuffer.putBytes(payloadAt, payload, 0, payload.length);
        return dispatcher.dispatch(payloadAt + payload.length, System.nanoTime());
    }

    private static final byte[] NAME = "present\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] ABSENT = "absent\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] NOTHING = {};

    @Benchmark
    public int lookup() {
        return dispatch(Opcode.LOOKUP, NAME);
    }

    @Benchmark
    public int absent() {
        return dispatch(Opcode.LOOKUP, ABSENT);
    }

    @Benchmark
    public int getAttributes() {
        return dispatch(Opcode.GETATTR, NOTHING);
    }

    @Benchmark
    public int forget() {
        return dispatch(Opcode.FORGET, NOTHING);
    }
}
