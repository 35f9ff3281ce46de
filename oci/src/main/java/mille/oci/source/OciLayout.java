package mille.oci.source;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import mille.oci.Descriptor;
import mille.oci.Digest;
import mille.oci.Index;
import mille.oci.MediaType;
import mille.oci.RawManifest;
import mille.oci.Reference;
import mille.oci.blob.VerifyingInputStream;
import mille.oci.json.JsonFields;

/** An OCI image layout (OCI image spec, image layout), be it a directory or a tar. */
final class OciLayout implements ImageSource {
    static final String MARKER = "oci-layout";
    static final String INDEX = "index.json";
    static final String REF_NAME = "org.opencontainers.image.ref.name";
    /** What containerd and Docker write beside: the whole name, where {@link #REF_NAME} has the tag alone. */
    private static final String CONTAINERD_NAME = "io.containerd.image.name";

    private static final int MAX_MARKER_BYTES = 4096;

    private final FileTree files;
    private final Index index;

    /** Owns the files from here on, unless it throws. */
    OciLayout(FileTree files) throws IOException {
        this.files = files;
        JsonFields marker = JsonFields.parse(ImageSource.readWhole(files.open(MARKER), MAX_MARKER_BYTES), MARKER);
        String version = marker.requiredString("imageLayoutVersion");
        if (!version.startsWith("1.")) {
            throw new IOException("the layout in " + files + " has version " + version + ", which is not supported");
        }
        RawManifest raw =
                RawManifest.parse(ImageSource.readWhole(files.open(INDEX), RawManifest.MAX_BYTES), MediaType.OCI_INDEX);
        this.index = (Index) raw.document();
    }

    static String pathOf(Digest digest) {
        return "blobs/" + digest.algorithm().label() + "/" + digest.hex();
    }

    @Override
    public List<SourceImage> images() {
        List<SourceImage> images = new ArrayList<>();
        for (Descriptor descriptor : index.manifests()) {
            if (descriptor.mediaType().isIndex() || descriptor.mediaType().isManifest()) {
                images.add(new SourceImage(namesOf(descriptor), descriptor));
            }
        }
        return images;
    }

    /** A tag alone isn't a name: the layout doesn't say of what. */
    private static List<Reference> namesOf(Descriptor descriptor) {
        String name = descriptor.annotations().get(CONTAINERD_NAME);
        if (name == null) {
            name = descriptor.annotations().get(REF_NAME);
            if (name == null || (name.indexOf('/') < 0 && name.indexOf(':') < 0)) {
                return List.of();
            }
        }
        try {
            return List.of(Reference.parse(name));
        } catch (IllegalArgumentException e) {
            return List.of(); // an annotation may be anything
        }
    }

    @Override
    public RawManifest manifest(Descriptor descriptor) throws IOException {
        return RawManifest.parse(
                ImageSource.readWhole(blob(descriptor), RawManifest.MAX_BYTES), descriptor.mediaType());
    }

    @Override
    public InputStream blob(Descriptor descriptor) throws IOException {
        return new VerifyingInputStream(files.open(pathOf(descriptor.digest())), descriptor);
    }

    @Override
    public void close() throws IOException {
        files.close();
    }
}
