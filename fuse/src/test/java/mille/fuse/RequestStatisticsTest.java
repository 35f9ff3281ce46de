package mille.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import mille.linux.Errno;
import org.junit.jupiter.api.Test;

final class RequestStatisticsTest {
    @Test
    void whatEachWorkerCountedIsSummed() {
        RequestCounters one = new RequestCounters();
        RequestCounters other = new RequestCounters();
        one.count(Opcode.LOOKUP, 100, false);
        one.count(Opcode.LOOKUP, 5_000, true);
        other.count(Opcode.LOOKUP, 300, false);
        other.count(Opcode.READ, 1, false);
        one.bytesRead = 3;
        other.bytesRead = 4;
        SessionStatistics all = SessionStatistics.of(List.of(one, other));
        assertEquals(
                List.of(Opcode.LOOKUP, Opcode.READ),
                all.requests().stream().map(RequestStatistics::opcode).toList());
        RequestStatistics lookups = all.requests().getFirst();
        assertEquals(3, lookups.count());
        assertEquals(1, lookups.errors());
        assertEquals(5_000, lookups.maxNanos());
        assertEquals(7, all.bytesRead());
    }

    @Test
    void eachBucketHoldsWhatTookLessThanTwiceTheOneBefore() {
        assertEquals(0, RequestCounters.bucket(-1));
        assertEquals(0, RequestCounters.bucket(0));
        assertEquals(0, RequestCounters.bucket(255));
        assertEquals(1, RequestCounters.bucket(256));
        assertEquals(1, RequestCounters.bucket(511));
        assertEquals(2, RequestCounters.bucket(512));
        assertEquals(RequestCounters.BUCKETS - 1, RequestCounters.bucket(Long.MAX_VALUE));
        for (int bucket = 1; bucket < RequestCounters.BUCKETS; bucket++) {
            assertEquals(bucket, RequestCounters.bucket(RequestStatistics.limitNanos(bucket - 1)));
        }
    }

    @Test
    void quantilesLieInTheirBucketAndNeverBeyondTheLongest() {
        RequestCounters worker = new RequestCounters();
        for (int i = 0; i < 98; i++) {
            worker.count(Opcode.OPEN, 1_000, false); // 512 to 1,024
        }
        worker.count(Opcode.OPEN, 100_000, false);
        worker.count(Opcode.OPEN, 1_000_000, false);
        RequestStatistics opens = new RequestStatistics(Opcode.OPEN, List.of(worker));
        assertTrue(opens.quantileNanos(0.5) >= 512 && opens.quantileNanos(0.5) <= 1_024);
        assertTrue(opens.quantileNanos(0.99) >= 65_536 && opens.quantileNanos(0.99) <= 131_072);
        assertEquals(1_000_000, opens.quantileNanos(1));
        assertEquals(0, new RequestStatistics(Opcode.READ, List.of(worker)).quantileNanos(0.5));
    }

    @Test
    void everyRequestIsCountedWhateverBecomesOfIt() {
        Exchange exchange = Exchange.ofMessages(65536);
        FuseFileSystem fileSystem = new FuseFileSystem() {
            @Override
            public void unlink(Request.Named request, Reply reply) {
                throw new IllegalStateException("a defect");
            }

            @Override
            public void getAttributes(Request.AttributeQuery request, Reply.Attributes reply) {}

            @Override
            public void rename(Request.Rename request, Reply reply) {
                reply.fail(Errno.EXDEV);
            }

            @Override
            public void read(FileRequest.Read request, Reply.Data reply) {
                reply.filled(5);
            }

            @Override
            public void write(FileRequest.Write request, Reply.Written reply) {
                reply.written(3);
            }

            @Override
            public void forget(long nodeId, long lookups) {}
        };
        Dispatcher dispatcher = new Dispatcher(
                fileSystem, exchange, new Negotiated(38, 0, 65536), new Interrupts(), (unique, error) -> {});
        for (Opcode opcode :
                new Opcode[] {Opcode.UNLINK, Opcode.GETATTR, Opcode.RENAME, Opcode.READ, Opcode.WRITE, Opcode.FORGET}) {
            Message message = new Message(exchange, opcode.code()).with64(0, 0, 0, 0, 0, 0);
            dispatcher.dispatch(message.length(), System.nanoTime());
        }
        SessionStatistics counted = SessionStatistics.of(List.of(dispatcher.counters()));
        assertEquals(
                List.of("FORGET 1 0", "GETATTR 1 1", "UNLINK 1 1", "RENAME 1 1", "READ 1 0", "WRITE 1 0"),
                counted.requests().stream()
                        .map(requests -> requests.opcode() + " " + requests.count() + " " + requests.errors())
                        .toList());
        assertEquals(5, counted.bytesRead());
        assertEquals(3, counted.bytesWritten());
    }
}
