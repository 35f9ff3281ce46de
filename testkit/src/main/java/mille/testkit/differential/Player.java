package mille.testkit.differential;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import mille.linux.DirectoryReader;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileData;
import mille.linux.FileName;
import mille.linux.Names;
import mille.linux.O;
import mille.linux.RelativePath;
import mille.linux.Stat;
import mille.testkit.Aspect;
import mille.testkit.Playground;

/** Plays operations in one tree, and tells of each what came of it in words that two players can be compared by. */
final class Player implements Closeable {
    /** Times after this are those of the test itself, which no two runs share. */
    private static final long LONG_AGO = 1_000_000_000L;

    private final Playground here;
    private final Listing listing;
    private final Set<Aspect> aspects;
    private final Map<Integer, Fd> slots = new HashMap<>();
    private final Set<Integer> mayBePassed = new HashSet<>();

    /**
     * @param aspects what answers tell of a file
     */
    Player(Playground here, Listing listing, Set<Aspect> aspects) {
        this.here = here;
        this.listing = listing;
        this.aspects = aspects;
    }

    /** The name of the error, or the answer. */
    String play(Operation operation) throws IOException {
        try {
            return attempt(operation);
        } catch (ErrnoException e) {
            return e.errno().name();
        }
    }

    private String attempt(Operation operation) throws IOException {
        return switch (operation) {
            case Operation.Create(var path, var mode, var exclusive, var text) -> {
                try (Fd file = open(path, O.WRONLY | O.CREAT | (exclusive ? O.EXCL : 0), mode)) {
                    Playground.writeAt(file, 0, text);
                }
                yield "done";
            }
            case Operation.Write(var path, var offset, var text) -> write(path, O.WRONLY, offset, text);
            case Operation.Append(var path, var text) -> write(path, O.WRONLY | O.APPEND, 0, text);
            case Operation.Truncate(var path, var size) -> {
                try (Fd file = open(path, O.WRONLY, 0)) {
                    FileData.truncate(file, size);
                }
                yield "done";
            }
            case Operation.TruncateAtOpen(var path) -> {
                open(path, O.WRONLY | O.TRUNC, 0).close();
                yield "done";
            }
            case Operation.Allocate(var path, var mode, var offset, var length) -> {
                try (Fd file = open(path, O.WRONLY, 0)) {
                    FileData.allocate(file, mode, offset, length);
                }
                yield "done";
            }
            case Operation.CopyRange(var from, var to, var length) -> {
                try (Fd source = open(from, O.RDONLY, 0);
                        Fd target = open(to, O.WRONLY, 0)) {
                    yield "copied " + FileData.copyRange(source, 0, target, 0, length);
                }
            }
            case Operation.Read(var path) -> {
                try (Fd file = open(path, O.RDONLY, 0)) {
                    yield show(Playground.readAll(file));
                }
            }
            case Operation.ReadLink(var path) -> here.readlink(path);
            case Operation.GetXattr(var path, var name) -> String.valueOf(here.xattr(path, name));
            case Operation.ListXattrs(var path) -> here.xattrs(path).toString();
            case Operation.ListDirectory(var path) -> list(path);
            case Operation.Status(var path) -> show(here.stat(path));
            case Operation.Open(var slot, var path) -> {
                Set<Long> passed = inodesThatMayBePassed();
                close(slot);
                Fd file = open(path, O.RDWR, 0);
                slots.put(slot, file);
                Stat stat = Stat.of(file);
                if (!hasSetIdBits(stat) || passed.contains(stat.inode())) {
                    mayBePassed.add(slot);
                }
                yield "done";
            }
            case Operation.ReadOpen(var slot, var offset, var length) ->
                show(Playground.readAt(slot(slot), offset, length));
            case Operation.WriteOpen(var slot, var offset, var text) -> {
                Playground.writeAt(slot(slot), offset, text);
                yield "done";
            }
            case Operation.StatusOpen(var slot) -> show(Stat.of(slot(slot)));
            case Operation.Close(var slot) -> {
                close(slot);
                yield "done";
            }
            // A write by somebody else takes set-id bits away, but not where it is passed through, as it may be by a
            // descriptor that is older than they, or was opened beside such a one (docs/adr/0010).
            case Operation.As(var _, Operation.WriteOpen(var slot, var _, var _))
            when mayBePassed.contains(slot) && hasSetIdBits(Stat.of(slot(slot))) -> "left out";
            case Operation.As(var caller, var inner) -> caller.gets(() -> play(inner));
            case Operation.Remount _ -> throw new IllegalArgumentException("whoever mounted remounts");
            case Operation.MakeDirectory _,
                    Operation.RemoveDirectory _,
                    Operation.Unlink _,
                    Operation.MakeSymlink _,
                    Operation.MakeNode _,
                    Operation.Link _,
                    Operation.LinkUnnamed _,
                    Operation.Rename _,
                    Operation.ChangeMode _,
                    Operation.ChangeOwner _,
                    Operation.SetTime _,
                    Operation.SetXattr _,
                    Operation.RemoveXattr _ -> {
                change(operation);
                yield "done";
            }
        };
    }

    /** What changes names and attributes, and has no answer. */
    private void change(Operation operation) throws ErrnoException {
        switch (operation) {
            case Operation.MakeDirectory(var path, var mode) -> here.mkdir(path, mode);
            case Operation.RemoveDirectory(var path) -> here.rmdir(path);
            case Operation.Unlink(var path) -> here.unlink(path);
            case Operation.MakeSymlink(var target, var path) -> here.symlink(target, path);
            case Operation.MakeNode(var path, var mode, var major, var minor) -> here.mknod(path, mode, major, minor);
            case Operation.Link(var from, var to) -> here.link(from, to);
            case Operation.LinkUnnamed(var directory, var name, var text) -> {
                try (Fd parent = here.open(directory, O.RDONLY | O.DIRECTORY);
                        Fd file = parent.openAt(RelativePath.EMPTY, O.TMPFILE | O.RDWR, 0644)) {
                    Playground.writeAt(file, 0, text);
                    Names.linkOpenFile(file, parent, FileName.of(name));
                }
            }
            case Operation.Rename(var from, var to, var flags) -> here.rename(from, to, flags);
            case Operation.ChangeMode(var path, var mode) -> here.chmod(path, mode);
            case Operation.ChangeOwner(var path, var uid, var gid) -> here.chown(path, uid, gid);
            case Operation.SetTime(var path, var seconds, var nanos) ->
                here.utimes(path, null, new Stat.Time(seconds, nanos));
            case Operation.SetXattr(var path, var name, var value, var flags) ->
                here.setXattr(path, name, value.getBytes(StandardCharsets.ISO_8859_1), flags);
            case Operation.RemoveXattr(var path, var name) -> here.removeXattr(path, name);
            default -> throw new IllegalArgumentException("no change: " + operation);
        }
    }

    /** Never waits for the other end of a fifo. */
    private Fd open(String path, int flags, int mode) throws ErrnoException {
        return here.open(path, flags | O.NONBLOCK | O.NOCTTY, mode);
    }

    private String write(String path, int flags, long offset, String text) throws ErrnoException {
        try (Fd file = open(path, flags, 0)) {
            Playground.writeAt(file, offset, text);
        }
        return "done";
    }

    private Fd slot(int slot) throws ErrnoException {
        Fd file = slots.get(slot);
        if (file == null) {
            throw new ErrnoException(Errno.EBADF, "an empty slot");
        }
        return file;
    }

    private static boolean hasSetIdBits(Stat stat) {
        return (stat.mode() & (Stat.S_ISUID | Stat.S_ISGID)) != 0;
    }

    private Set<Long> inodesThatMayBePassed() throws ErrnoException {
        Set<Long> inodes = new HashSet<>();
        for (int slot : mayBePassed) {
            inodes.add(Stat.of(slot(slot)).inode());
        }
        return inodes;
    }

    private void close(int slot) {
        mayBePassed.remove(slot);
        Fd file = slots.remove(slot);
        if (file != null) {
            file.close();
        }
    }

    private String list(String path) throws ErrnoException {
        Map<String, Integer> types = new TreeMap<>();
        try (Fd directory = here.open(path, O.RDONLY | O.DIRECTORY)) {
            DirectoryReader.forEach(directory, (name, _, type) -> {
                if (listing == Listing.AS_IT_IS || !isGhost(directory, name)) {
                    types.put(name.toString(), type);
                }
            });
        }
        return types.toString();
    }

    private static boolean isGhost(Fd directory, FileName name) {
        try {
            return Stat.atOrNull(directory, name) == null;
        } catch (ErrnoException hidden) { // who may not search a directory may still list it
            return false;
        }
    }

    private static String show(String content) {
        String start = content.length() > 40 ? content.substring(0, 40) + "..." : content;
        return content.length() + " bytes, hash " + content.hashCode() + ": " + start.replace('\0', '0');
    }

    private String show(Stat stat) {
        String time = time(stat.modified());
        return String.format(
                "%o %d:%d links %s, %s bytes, device %d, modified %s",
                stat.mode(),
                stat.uid(),
                stat.gid(),
                stat.isDirectory() ? "?" : stat.linkCount(),
                stat.isDirectory() ? "?" : stat.sizeBytes(),
                stat.rdevice(),
                time);
    }

    private String time(Stat.Time modified) {
        if (!aspects.contains(Aspect.MODIFIED)) {
            return "?";
        }
        return modified.seconds() > LONG_AGO ? "now" : modified.seconds() + "." + modified.nanos();
    }

    /** Closes all slots and the directory itself. */
    @Override
    public void close() {
        slots.values().forEach(Fd::close);
        slots.clear();
        here.close();
    }
}
