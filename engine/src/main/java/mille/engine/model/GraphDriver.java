package mille.engine.model;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The directories that a container or an image is united from.
 *
 * @param lowers topmost first; empty for an image of one layer
 * @param upper the writable directory of a container; of an image, its topmost layer
 * @param work on the upper's file system, empty while nothing is mounted
 * @param merged where the union appears while it is mounted
 */
public record GraphDriver(List<Path> lowers, Path upper, Path work, Path merged) {
    /** What Docker calls this layout. */
    public static final String NAME = "overlay2";

    public GraphDriver {
        lowers = List.copyOf(lowers);
    }

    /** The {@code Data} member as {@code docker inspect} prints it: {@code LowerDir} (absent without lowers), {@code MergedDir}, {@code UpperDir}, {@code WorkDir}. */
    public Map<String, String> data() {
        Map<String, String> data = new LinkedHashMap<>();
        if (!lowers.isEmpty()) {
            data.put("LowerDir", lowers.stream().map(Path::toString).collect(Collectors.joining(":")));
        }
        data.put("MergedDir", merged.toString());
        data.put("UpperDir", upper.toString());
        data.put("WorkDir", work.toString());
        return data;
    }
}
