package mille.overlay;

import java.util.Locale;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** A copy-up, for Java's Flight Recorder; its duration is what whoever caused it waited. */
@Name("mille.CopyUp")
@Label("Copy-up")
@Category("Mille")
@Description("A node of a lower layer that was copied to the upper one")
@StackTrace(false)
final class CopyUpEvent extends Event {
    @Label("Path")
    @Description("In the merged tree; none for a file that has lost its names")
    @Nullable
    String path;

    @Label("Data")
    @DataAmount
    long bytes;

    @Label("How")
    @Description("cloned, in_kernel (copy_file_range), by_hand (read and written) or nothing")
    @Nullable
    String how;

    static CopyUpEvent begun() {
        CopyUpEvent event = new CopyUpEvent();
        event.begin();
        return event;
    }

    void commit(@Nullable String path, FileCopy.How how, long bytes) {
        this.path = path;
        this.how = how.name().toLowerCase(Locale.ROOT);
        this.bytes = bytes;
        commit();
    }
}
