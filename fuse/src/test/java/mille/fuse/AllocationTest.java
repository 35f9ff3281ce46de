package mille.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import mille.linux.FileName;
import mille.testkit.ChildJvm;
import mille.testkit.Command;
import org.junit.jupiter.api.Test;

/**
 * A request leaves no garbage behind that the file system didn't make. In a JVM that compiles as the command's does, quickly and without a
 * thought of which objects need not be made.
 */
final class AllocationTest {
    @Test
    void theRequestsOfFindAndTarAllocateNothing() throws IOException {
        assertEquals(
                "LOOKUP 0, GETATTR 0, OPEN 0, READ 0, WRITE 0, READDIRPLUS 0, RELEASE 0, FORGET 0",
                Command.run(ChildJvm.command(Measuring.class)).strip());
    }

    /** Dispatches each kind of request many times, and says how many bytes one took, rounded down. */
    static final class Measuring {
        private static final int ROUNDS = 20_000;

        private static final Object THREADS;
        private static final Method ALLOCATED;

        static {
            try { // by reflection, as our module has no need of java.management
                THREADS = Class.forName("java.lang.management.ManagementFactory")
                        .getMethod("getThreadMXBean")
                        .invoke(null);
                ALLOCATED =
                        Class.forName("com.sun.management.ThreadMXBean").getMethod("getCurrentThreadAllocatedBytes");
            } catch (ReflectiveOperationException impossible) {
                throw new ExceptionInInitializerError(impossible);
            }
        }

        private static long allocatedBytes() throws ReflectiveOperationException {
            return (long) ALLOCATED.invoke(THREADS);
        }

        public static void main(String[] arguments) throws ReflectiveOperationException {
            Exchange exchange = Exchange.ofRing(65536);
            Dispatcher dispatcher = new Dispatcher(
                    new SilentFileSystem(),
                    exchange,
                    new Negotiated(45, 0, 65536),
                    new Interrupts(),
                    (unique, error) -> {});
            Map<Opcode, Long> bytes = new LinkedHashMap<>();
            for (Opcode opcode : new Opcode[] {
                Opcode.LOOKUP,
                Opcode.GETATTR,
                Opcode.OPEN,
                Opcode.READ,
                Opcode.WRITE,
                Opcode.READDIRPLUS,
                Opcode.RELEASE,
                Opcode.FORGET
            }) {
                dispatch(dispatcher, exchange, opcode); // warm
                long before = allocatedBytes();
                dispatch(dispatcher, exchange, opcode);
                bytes.put(opcode, (allocatedBytes() - before) / ROUNDS);
            }
            System.out.println(bytes.entrySet().stream()
                    .map(entry -> entry.getKey() + " " + entry.getValue())
                    .collect(Collectors.joining(", ")));
        }

        private static void dispatch(Dispatcher dispatcher, Exchange exchange, Opcode opcode) {
            byte[] name = "name\0".getBytes(StandardCharsets.ISO_8859_1);
            for (int round = 0; round < ROUNDS; round++) {
                exchange.inBuffer.putInt(Wire.InHeader.OPCODE, opcode.code());
                exchange.inBuffer.putLong(Wire.InHeader.UNIQUE, 2 + round);
                exchange.inBuffer.putInt(Wire.Newer.URING_OP_IN + Wire.ReadIn.SIZE, 4096);
                exchange.inBuffer.putBytes(Exchange.RING_PAYLOAD, name, 0, name.length);
                dispatcher.dispatch(Exchange.RING_PAYLOAD + name.length, System.nanoTime());
            }
        }
    }

    /** Answers everything with constants. */
    private static final class SilentFileSystem implements FuseFileSystem {
        private static final FileName[] NAMES = {FileName.of("one"), FileName.of("two"), FileName.of("three")};

        @Override
        public void lookup(Request.Named request, Reply.Entry reply) {
            put(reply.entry(), request.nodeId());
        }

        private static void put(EntryFields entry, long nodeId) {
            entry.node(nodeId + 2, 0).validFor(Reply.FOREVER, Reply.FOREVER);
            entry.attributes().inode(nodeId + 2).mode(0100644).linkCount(1);
        }

        @Override
        public void forget(long nodeId, long lookups) {}

        @Override
        public void getAttributes(Request.AttributeQuery request, Reply.Attributes reply) {
            reply.attributes(Reply.FOREVER)
                    .inode(request.nodeId())
                    .mode(0100644)
                    .linkCount(1);
        }

        @Override
        public void open(Request.Open request, Reply.Open reply) {
            reply.opened(request.flags() + 1L, 0);
        }

        @Override
        public void read(FileRequest.Read request, Reply.Data reply) {
            reply.filled(request.sizeBytes());
        }

        @Override
        public void write(FileRequest.Write request, Reply.Written reply) {
            reply.written(request.sizeBytes());
        }

        @Override
        public void readDirectoryPlus(FileRequest.Read request, DirectoryReply.Plus reply) {
            long offset = request.offset();
            for (FileName name : NAMES) {
                if (reply.hasRoomFor(name)) {
                    put(reply.addNode(name, 5, ++offset, 8), offset);
                }
            }
        }

        @Override
        public void release(FileRequest.Release request, Reply reply) {}
    }
}
