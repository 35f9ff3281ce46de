package mille.oci;

import java.io.IOException;
import java.time.Instant;
import mille.oci.json.JsonFields;
import mille.oci.json.JsonText;
import org.jspecify.annotations.Nullable;

/**
 * One step of how an image came to be (OCI image spec, config, "history"). Empty strings stand for "not said".
 *
 * @param emptyLayer whether the step made no layer: those that did correspond to the diff IDs, in order
 */
public record HistoryEntry(
        @Nullable Instant created, String createdBy, String author, String comment, boolean emptyLayer) {

    static HistoryEntry read(JsonFields fields) throws IOException {
        return new HistoryEntry(
                fields.value("created", Timestamps::parse),
                fields.stringOrEmpty("created_by"),
                fields.stringOrEmpty("author"),
                fields.stringOrEmpty("comment"),
                fields.isTrue("empty_layer"));
    }

    JsonText toJson() {
        return new JsonText()
                .put("created", created == null ? null : created.toString())
                .put("created_by", createdBy)
                .put("author", author)
                .put("comment", comment)
                .putIfTrue("empty_layer", emptyLayer);
    }
}
