package mille.fuse;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * What a session has served so far.
 *
 * @param requests one for each opcode that came at all
 * @param bytesRead of READ; what the kernel has in its page cache, or reads by itself, is no request
 * @param bytesWritten of WRITE
 * @param bytesCopied of COPY_FILE_RANGE
 */
public record SessionStatistics(List<RequestStatistics> requests, long bytesRead, long bytesWritten, long bytesCopied) {
    public SessionStatistics {
        requests = List.copyOf(requests);
    }

    static SessionStatistics of(Collection<RequestCounters> workers) {
        return new SessionStatistics(
                Arrays.stream(Opcode.values())
                        .map(opcode -> new RequestStatistics(opcode, workers))
                        .filter(requests -> requests.count() > 0)
                        .toList(),
                workers.stream().mapToLong(worker -> worker.bytesRead).sum(),
                workers.stream().mapToLong(worker -> worker.bytesWritten).sum(),
                workers.stream().mapToLong(worker -> worker.bytesCopied).sum());
    }
}
