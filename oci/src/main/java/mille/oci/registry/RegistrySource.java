package mille.oci.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import mille.oci.Descriptor;
import mille.oci.Digest;
import mille.oci.MediaType;
import mille.oci.RawManifest;
import mille.oci.Reference;
import mille.oci.blob.BlobMismatchException;
import mille.oci.blob.VerifyingInputStream;
import mille.oci.source.ImageSource;
import mille.oci.source.SourceImage;
import mille.oci.tar.ByteString;
import org.jspecify.annotations.Nullable;

/** One image of a repository. */
final class RegistrySource implements ImageSource {
    private static final String ACCEPTED = String.join(
            ", ",
            MediaType.OCI_INDEX.value(),
            MediaType.DOCKER_INDEX.value(),
            MediaType.OCI_MANIFEST.value(),
            MediaType.DOCKER_MANIFEST.value());

    private final Session session;
    private final Reference reference;
    private final String scope;
    private final RawManifest root;

    RegistrySource(Session session, Reference reference) throws IOException {
        this.session = session;
        this.reference = reference;
        this.scope = "repository:" + reference.repository() + ":pull";
        this.root = fetch(reference.selector(), reference.digest(), reference.familiar());
    }

    @Override
    public List<SourceImage> images() {
        return List.of(new SourceImage(List.of(reference), root.descriptor()));
    }

    @Override
    public RawManifest manifest(Descriptor descriptor) throws IOException {
        if (descriptor.digest().equals(root.digest())) {
            return root;
        }
        String what = reference.familiarName() + "@" + descriptor.digest();
        return fetch(descriptor.digest().toString(), descriptor.digest(), what);
    }

    @Override
    public InputStream blob(Descriptor descriptor) throws IOException {
        String path = reference.repository() + "/blobs/" + descriptor.digest();
        return new VerifyingInputStream(new BlobInputStream(session, path, scope, descriptor), descriptor);
    }

    private RawManifest fetch(String selector, @Nullable Digest expected, String what) throws IOException {
        String path = reference.repository() + "/manifests/" + selector;
        Received received =
                session.get(path, Map.of("Accept", ACCEPTED), scope, what, session.newAttempts(), Received::of);
        byte[] bytes = received.body().bytes();
        if (expected != null) {
            verify(expected, bytes, what);
        }
        verifyHeader(received.headers(), bytes, what);
        return RawManifest.parse(bytes, servedAs(received.headers()));
    }

    /** A whole answer. */
    private record Received(HttpHeaders headers, ByteString body) {
        static Received of(HttpResponse<InputStream> response) throws IOException {
            try (InputStream body = response.body()) {
                // One byte more is enough to see that it is too large.
                return new Received(response.headers(), ByteString.of(body.readNBytes(RawManifest.MAX_BYTES + 1)));
            }
        }
    }

    /** The registry's own word on a manifest that was asked for by tag: a proxy that garbles it is found out. */
    private static void verifyHeader(HttpHeaders headers, byte[] bytes, String what) throws IOException {
        String header = headers.firstValue("Docker-Content-Digest").orElse("");
        if (header.isEmpty()) {
            return;
        }
        Digest digest;
        try {
            digest = Digest.parse(header);
        } catch (IllegalArgumentException e) {
            return; // of an algorithm that we don't know: then it proves nothing
        }
        verify(digest, bytes, what);
    }

    private static void verify(Digest expected, byte[] bytes, String what) throws BlobMismatchException {
        Digest actual = Digest.of(expected.algorithm(), bytes);
        if (!actual.equals(expected)) {
            throw new BlobMismatchException("the manifest of " + what
                    + " has other bytes than it should: their digest is " + actual + " and not " + expected);
        }
    }

    private static @Nullable MediaType servedAs(HttpHeaders headers) {
        try {
            return headers.firstValue("Content-Type").map(MediaType::parse).orElse(null);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Nothing to close: connections belong to the client. */
    @Override
    public void close() {}
}
