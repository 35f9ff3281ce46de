package mille.oci;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import mille.oci.json.JsonFields;
import mille.oci.json.JsonText;
import org.jspecify.annotations.Nullable;

/**
 * What an image is made of and how it runs (OCI image spec, config). The digest of its bytes is the image's ID, as in Docker.
 *
 * @param created {@code null} where not said
 * @param author empty where not said
 * @param diffIds one for each layer, lowest first
 * @param history oldest first; may be empty
 */
public record ImageConfig(
        Platform platform,
        @Nullable Instant created,
        String author,
        ProcessDefaults process,
        List<DiffId> diffIds,
        List<HistoryEntry> history) {
    /** No config comes near; a larger one is refused: 4 MiB. */
    public static final int MAX_BYTES = 4 << 20;

    public ImageConfig {
        diffIds = List.copyOf(diffIds);
        history = List.copyOf(history);
    }

    /**
     * Reads the bytes of a config blob. Fields that we don't know are dropped: keep the bytes where they matter.
     *
     * @throws IOException where it is malformed or no image's config
     */
    public static ImageConfig parse(byte[] bytes) throws IOException {
        if (bytes.length > MAX_BYTES) {
            throw new IOException("the image's config has " + bytes.length + " bytes, more than " + MAX_BYTES);
        }
        JsonFields fields = JsonFields.parse(bytes, "image config");
        JsonFields rootfs = fields.requiredObject("rootfs");
        if (!rootfs.requiredString("type").equals("layers")) {
            throw rootfs.malformed("type", "is not 'layers'");
        }
        List<HistoryEntry> history = new ArrayList<>();
        for (JsonFields entry : fields.objects("history")) {
            history.add(HistoryEntry.read(entry));
        }
        return new ImageConfig(
                readPlatform(fields),
                fields.value("created", Timestamps::parse),
                fields.stringOrEmpty("author"),
                ProcessDefaults.read(fields.object("config")),
                rootfs.values("diff_ids", DiffId::parse),
                history);
    }

    private static Platform readPlatform(JsonFields fields) throws IOException {
        try {
            return new Platform(
                    fields.requiredString("os"), fields.requiredString("architecture"), fields.string("variant"));
        } catch (IllegalArgumentException e) {
            throw fields.malformed(String.valueOf(e.getMessage()));
        }
    }

    /** The chain IDs of the layers, lowest first. */
    public List<ChainId> chainIds() {
        return ChainId.chain(diffIds);
    }

    public ImageConfig withProcess(ProcessDefaults other) {
        return new ImageConfig(platform, created, author, other, diffIds, history);
    }

    /** This image with one more layer on top, made by the step that {@code entry} tells. */
    public ImageConfig withLayer(DiffId diffId, HistoryEntry entry) {
        List<DiffId> moreDiffIds = new ArrayList<>(diffIds);
        moreDiffIds.add(diffId);
        List<HistoryEntry> moreHistory = new ArrayList<>(history);
        moreHistory.add(entry);
        return new ImageConfig(
                platform,
                entry.created() == null ? created : entry.created(),
                author,
                process,
                moreDiffIds,
                moreHistory);
    }

    /** An image without layers, to which {@link #withLayer} adds. */
    public static ImageConfig empty(Platform platform) {
        return new ImageConfig(platform, null, "", ProcessDefaults.NONE, List.of(), List.of());
    }

    /** The config as an OCI document, without white space; not the bytes that it was read from. */
    public byte[] toJson() {
        List<JsonText> historyJson = new ArrayList<>();
        for (HistoryEntry entry : history) {
            historyJson.add(entry.toJson());
        }
        List<String> diffIdTexts = new ArrayList<>();
        for (DiffId diffId : diffIds) {
            diffIdTexts.add(diffId.toString());
        }
        JsonText processJson = process.toJson();
        JsonText json = new JsonText()
                .put("created", created == null ? null : created.toString())
                .put("author", author)
                .put("architecture", platform.architecture())
                .put("os", platform.os())
                .put("variant", platform.variant());
        if (!processJson.isEmpty()) {
            json.put("config", processJson);
        }
        json.put("rootfs", new JsonText().put("type", "layers").putList("diff_ids", diffIdTexts));
        if (!historyJson.isEmpty()) {
            json.putObjects("history", historyJson);
        }
        return json.bytes();
    }
}
