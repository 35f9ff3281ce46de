package mille.testkit.differential;

import mille.testkit.Caller;

/**
 * One thing that is done to a mounted tree. Paths are relative to its root, texts are bytes one to one, modes are permission bits.
 *
 * <p>Slots are places for open files: opening into one closes what was there; using an empty one is answered EBADF.
 */
public sealed interface Operation {

    /** Makes a file, or opens it where it is there and not {@code exclusive}, and writes from its start. */
    record Create(String path, int mode, boolean exclusive, String text) implements Operation {}

    /** Writes into a file that is there. */
    record Write(String path, long offset, String text) implements Operation {}

    record Append(String path, String text) implements Operation {}

    record Truncate(String path, long sizeBytes) implements Operation {}

    /** Opens with {@code O_TRUNC}, nothing more. */
    record TruncateAtOpen(String path) implements Operation {}

    /**
     * @param mode {@code FALLOC_FL_*} bits
     */
    record Allocate(String path, int mode, long offset, long length) implements Operation {}

    record CopyRange(String from, String to, long length) implements Operation {}

    record Read(String path) implements Operation {}

    record MakeDirectory(String path, int mode) implements Operation {}

    record RemoveDirectory(String path) implements Operation {}

    record Unlink(String path) implements Operation {}

    record MakeSymlink(String target, String path) implements Operation {}

    record ReadLink(String path) implements Operation {}

    /**
     * @param mode type and permissions
     */
    record MakeNode(String path, int mode, int major, int minor) implements Operation {}

    record Link(String from, String to) implements Operation {}

    /** A file of {@code O_TMPFILE} in a directory, written and given a name. */
    record LinkUnnamed(String directory, String name, String text) implements Operation {}

    /**
     * @param flags {@code RENAME_*} bits
     */
    record Rename(String from, String to, int flags) implements Operation {}

    record ChangeMode(String path, int mode) implements Operation {}

    record ChangeOwner(String path, int uid, int gid) implements Operation {}

    /** Sets the modification time. */
    record SetTime(String path, long seconds, int nanos) implements Operation {}

    /**
     * @param flags 0, {@code XATTR_CREATE} or {@code XATTR_REPLACE}
     */
    record SetXattr(String path, String name, String value, int flags) implements Operation {}

    record RemoveXattr(String path, String name) implements Operation {}

    record GetXattr(String path, String name) implements Operation {}

    record ListXattrs(String path) implements Operation {}

    /** Names and types in a directory. */
    record ListDirectory(String path) implements Operation {}

    record Status(String path) implements Operation {}

    /** Opens for reading and writing. */
    record Open(int slot, String path) implements Operation {}

    record ReadOpen(int slot, long offset, int length) implements Operation {}

    record WriteOpen(int slot, long offset, String text) implements Operation {}

    record StatusOpen(int slot) implements Operation {}

    record Close(int slot) implements Operation {}

    /** The same by somebody else than root. */
    record As(Caller caller, Operation operation) implements Operation {}

    /** Unmounts, slots closed before, and mounts again. */
    record Remount() implements Operation {}
}
