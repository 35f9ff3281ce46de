package mille.oci.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import mille.oci.Descriptor;
import mille.oci.blob.BlobMismatchException;
import org.jspecify.annotations.Nullable;

/**
 * A blob that is downloaded while it is read. Where the connection breaks or ends too early the rest is asked for (RFC 9110, 14.2, Range
 * requests); a server that sends the whole again has its first part skipped. Attempts are counted anew after each byte that came.
 */
final class BlobInputStream extends InputStream {
    private final Session session;
    private final String path;
    private final String scope;
    private final Descriptor blob;
    private final Attempts attempts;
    private long offset;
    private @Nullable InputStream body;

    BlobInputStream(Session session, String path, String scope, Descriptor blob) throws IOException {
        this.session = session;
        this.path = path;
        this.scope = scope;
        this.blob = blob;
        this.attempts = session.newAttempts();
        this.body = open();
    }

    private InputStream open() throws IOException {
        Map<String, String> headers = new HashMap<>();
        // Compressed for the way, the bytes would be others.
        headers.put("Accept-Encoding", "identity");
        if (offset > 0) {
            headers.put("Range", "bytes=" + offset + "-");
        }
        return session.get(path, headers, scope, "blob " + blob.digest(), attempts, this::fromOffset);
    }

    private InputStream fromOffset(HttpResponse<InputStream> response) throws IOException {
        InputStream in = response.body();
        try {
            if (response.statusCode() == 200) {
                in.skipNBytes(offset);
                return in;
            }
            String range = response.headers().firstValue("Content-Range").orElse("");
            if (!range.startsWith("bytes " + offset + "-")) {
                throw new RegistryException(
                        RegistryException.Reason.BROKEN,
                        "the registry sent another part of blob " + blob.digest() + " than it was asked for");
            }
            return in;
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int start, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (true) {
            IOException failure;
            try {
                if (body == null) {
                    body = open();
                }
                int count = body.read(buffer, start, length);
                if (count >= 0) {
                    offset += count;
                    attempts.progressed();
                    return count;
                }
                if (offset >= blob.sizeBytes()) {
                    return -1;
                }
                failure = new BlobMismatchException(
                        "blob " + blob.digest() + " ends after " + offset + " of " + blob.sizeBytes() + " bytes");
            } catch (RegistryException e) {
                if (e.reason() != RegistryException.Reason.UNREACHABLE) {
                    throw e;
                }
                failure = e; // a network that was there a moment ago may come back
            } catch (InterruptedIOException e) {
                throw e;
            } catch (IOException e) {
                failure = session.lost(e);
            }
            close();
            attempts.failed(failure, Duration.ZERO);
        }
    }

    @Override
    public void close() throws IOException {
        InputStream closing = body;
        body = null;
        if (closing != null) {
            closing.close();
        }
    }
}
