package mille.engine.model;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A request that can't be carried out, with one sentence for the person who asked. Nothing was changed unless the sentence says so. */
public final class EngineException extends IOException {
    private static final long serialVersionUID = 1;

    /** What kind of failure it is, for those who translate it into an exit code or an HTTP status. */
    public enum Reason {
        /** There is no image, container or layer of that name. */
        NOT_FOUND,
        /** It can't be done while something else uses it, or the name is taken. */
        CONFLICT,
        /** The request or what it brought (an archive, a layer) is malformed. */
        INVALID,
        /** The store itself lacks something that it should hold, or was written by a later version. */
        DAMAGED
    }

    private final Reason reason;

    public EngineException(Reason reason, String sentence) {
        this(reason, sentence, null);
    }

    public EngineException(Reason reason, String sentence, @Nullable Throwable cause) {
        super(sentence, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
