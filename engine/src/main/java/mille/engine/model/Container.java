package mille.engine.model;

import com.google.gson.JsonObject;
import java.time.Instant;
import mille.oci.Digest;

/**
 * A container as the store remembers it.
 *
 * @param id 64 hexadecimal digits, random
 * @param name unique in the store, without Docker's leading slash
 * @param image the image's id, also when that image is gone by now
 * @param imageName what the user called the image when the container was made
 * @param config how it is to be run; the running half writes and reads it, the store only keeps it
 */
public record Container(
        String id,
        String name,
        Digest image,
        String imageName,
        Instant created,
        ContainerState state,
        JsonObject config) {

    /** The first twelve digits, as tables show them. */
    public String shortId() {
        return id.substring(0, 12);
    }
}
