package mille.engine.store;

/**
 * The steps of what changes the store, in the order in which each operation takes them. Tests end the process at each one and look at what
 * the next process finds.
 */
enum Step {
    SESSION_LOCK_MADE,
    SESSION_DIRECTORY_MADE,
    BLOB_WRITTEN,
    BLOB_IN_PLACE,
    BLOB_NAMED,
    LAYER_PREPARED,
    LAYER_UNPACKED,
    LAYER_SYNCED,
    LAYER_LINKED,
    LAYER_IN_PLACE,
    LAYER_NAMED,
    IMAGE_NAMED,
    CONTAINER_PREPARED,
    CONTAINER_LINKED,
    CONTAINER_IN_PLACE,
    CONTAINER_NAMED,
    SESSION_LEASES_DROPPED,
    SESSION_DIRECTORY_REMOVED,
    FORGOTTEN,
    IN_TRASH,
    DELETED;

    /** Is told of each step after it was taken. */
    interface Observer {
        Observer NONE = _ -> {};

        void taken(Step step);
    }
}
