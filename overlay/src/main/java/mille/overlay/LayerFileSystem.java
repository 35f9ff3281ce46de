package mille.overlay;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileHandle;
import mille.linux.FileSystemUuid;
import mille.linux.O;
import mille.linux.RelativePath;
import org.jspecify.annotations.Nullable;

/**
 * A file system that layers lie on, as far as telling its files apart asks for it.
 *
 * @param index counted from 0, the upper layer's (or the topmost lower's) first
 * @param uuid sixteen bytes; all zero where it has none
 * @param anchor a directory of it, open to read, as file handles need it
 */
@SuppressWarnings("ArrayRecordComponent") // compared by index alone
record LayerFileSystem(int index, long device, byte[] uuid, Fd anchor) implements AutoCloseable {

    /**
     * The file systems of all layers. The caller closes them.
     *
     * @param withoutUuid whether a file system is to have none, if it is the only one: then a copy of it, which has another, finds by the
     *     handles what the first one found
     */
    static List<LayerFileSystem> of(List<Layer> layers, boolean withoutUuid) throws ErrnoException {
        List<LayerFileSystem> found = new ArrayList<>();
        for (Layer layer : layers) {
            if (find(found, layer.device()) == null) {
                Fd anchor = layer.root().openAt(RelativePath.EMPTY, O.RDONLY | O.DIRECTORY);
                found.add(new LayerFileSystem(found.size(), layer.device(), FileSystemUuid.of(anchor), anchor));
            }
        }
        if (withoutUuid && found.size() == 1) {
            LayerFileSystem only = found.getFirst();
            return List.of(new LayerFileSystem(0, only.device, new byte[only.uuid.length], only.anchor));
        }
        return List.copyOf(found);
    }

    static @Nullable LayerFileSystem find(List<LayerFileSystem> all, long device) {
        for (LayerFileSystem each : all) {
            if (each.device == device) {
                return each;
            }
        }
        return null;
    }

    /**
     * Whether a handle with its file system's UUID stands for one file of all layers: every file system has handles, and no two of those
     * that lower layers lie on have one UUID.
     */
    static boolean canBeToldApart(List<LayerFileSystem> all, List<Layer> layers) throws ErrnoException {
        for (LayerFileSystem each : all) {
            if (FileHandle.of(each.anchor) == null) {
                return false;
            }
            for (LayerFileSystem other : all.subList(each.index + 1, all.size())) {
                if (other.hasUuid(each.uuid) && each.holdsLower(layers) && other.holdsLower(layers)) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean holdsLower(List<Layer> layers) {
        return layers.stream().anyMatch(layer -> !layer.isUpper() && layer.device() == device);
    }

    boolean hasUuid(byte[] wanted) {
        return Arrays.equals(uuid, wanted);
    }

    @Override
    public void close() {
        anchor.close();
    }
}
