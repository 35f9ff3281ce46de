package mille.fuse;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import mille.linux.DirectoryReader;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.Fd;
import mille.linux.FileAttributes;
import mille.linux.FileData;
import mille.linux.FileName;
import mille.linux.FileSystemStat;
import mille.linux.Names;
import mille.linux.O;
import mille.linux.RelativePath;
import mille.linux.Stat;
import mille.linux.ThreadCredentials;
import mille.linux.XattrName;
import mille.linux.Xattrs;
import org.jspecify.annotations.Nullable;

/** Shows a directory of the host as it is: every request is one or two system calls, so that only the protocol can be wrong. */
class PassthroughFileSystem implements FuseFileSystem {
    /** A file that the kernel knows, held by an {@code O_PATH} descriptor. */
    private static final class Node {
        final long id;
        final Fd path;
        final Key key;
        long lookups;

        Node(long id, Fd path, Key key) {
            this.id = id;
            this.path = path;
            this.key = key;
        }
    }

    private record Key(long device, long inode) {}

    /** A name, null for {@code .} and {@code ..}. */
    private record Listed(@Nullable FileName name, long inode, int type) {}

    private final Map<Long, Node> nodes = new ConcurrentHashMap<>();
    private final Map<Key, Node> known = new HashMap<>(); // guarded by itself, as are lookups
    private final Map<Long, Fd> files = new ConcurrentHashMap<>();
    private final Map<Long, List<Listed>> listings = new ConcurrentHashMap<>();
    private final AtomicLong nextNode = new AtomicLong(Request.ROOT_NODE);
    private final AtomicLong nextHandle = new AtomicLong();
    private final long validNanos;

    /**
     * @param validNanos how long the kernel may remember names and attributes
     */
    PassthroughFileSystem(Path directory, long validNanos) throws IOException {
        this.validNanos = validNanos;
        Fd root = Fd.open(directory, O.PATH | O.DIRECTORY);
        register(root, Stat.of(root));
    }

    /** How many nodes the kernel knows, the root included. */
    int nodeCount() {
        return nodes.size();
    }

    /** The id of what a name in the root directory leads to, which the kernel has looked up. */
    long nodeId(String name) throws ErrnoException {
        Stat stat = Stat.at(path(Request.ROOT_NODE), FileName.of(name));
        synchronized (known) {
            return Objects.requireNonNull(known.get(new Key(stat.device(), stat.inode()))).id;
        }
    }

    final Fd path(long nodeId) throws ErrnoException {
        Node node = nodes.get(nodeId);
        if (node == null) {
            throw new ErrnoException(Errno.ESTALE, "node " + nodeId);
        }
        return node.path;
    }

    private Fd file(FileRequest request) throws ErrnoException {
        return opened(request.handle());
    }

    private Fd opened(long handle) throws ErrnoException {
        Fd file = files.get(handle);
        if (file == null) {
            throw new ErrnoException(Errno.EBADF, "handle " + handle);
        }
        return file;
    }

    private Node register(Fd path, Stat stat) {
        Key key = new Key(stat.device(), stat.inode());
        synchronized (known) {
            Node node = known.get(key);
            if (node == null) {
                node = new Node(nextNode.getAndIncrement(), path, key);
                known.put(key, node);
                nodes.put(node.id, node);
            } else {
                path.close();
            }
            node.lookups++;
            return node;
        }
    }

    @Override
    public void forget(long nodeId, long lookups) {
        synchronized (known) {
            Node node = Objects.requireNonNull(nodes.get(nodeId));
            node.lookups -= lookups;
            if (node.lookups < 0) {
                throw new IllegalStateException("node " + nodeId + " was forgotten more often than looked up");
            }
            if (node.lookups == 0) {
                nodes.remove(nodeId);
                known.remove(node.key);
                node.path.close();
            }
        }
    }

    @Override
    public void workerStarted() throws ErrnoException {
        ThreadCredentials.ownUmask();
        ThreadCredentials.setUmask(0);
    }

    @Override
    public void disconnected() {
        files.values().forEach(Fd::close);
        nodes.values().forEach(node -> node.path.close());
    }

    /** What is done with the caller's rights rather than ours. */
    private interface Making {
        void run() throws ErrnoException;
    }

    private static void as(Request caller, int umask, Making making) throws ErrnoException {
        ThreadCredentials.setUmask(umask);
        ThreadCredentials.setFileSystemGroup(caller.gid());
        ThreadCredentials.setFileSystemUser(caller.uid());
        try {
            making.run();
        } finally {
            ThreadCredentials.setFileSystemUser(0);
            ThreadCredentials.setFileSystemGroup(0);
            ThreadCredentials.setUmask(0);
        }
    }

    private Stat put(long directory, FileName name, EntryFields fields) throws ErrnoException {
        Fd path = path(directory).openAt(name, O.PATH | O.NOFOLLOW);
        Stat stat = Stat.of(path);
        fields.node(register(path, stat).id, 0).validFor(validNanos, validNanos);
        fields.attributes().of(stat);
        return stat;
    }

    @Override
    public void lookup(Request.Named request, Reply.Entry reply) throws ErrnoException {
        if (Stat.atOrNull(path(request.nodeId()), request.name()) == null) {
            reply.absent(validNanos);
        } else {
            put(request.nodeId(), request.name(), reply.entry());
        }
    }

    @Override
    public void getAttributes(Request.AttributeQuery request, Reply.Attributes reply) throws ErrnoException {
        reply.attributes(validNanos).of(Stat.of(path(request.nodeId())));
    }

    @Override
    public void statx(Request.AttributeQuery request, Reply.Statx reply) throws ErrnoException {
        Stat stat = Stat.of(path(request.nodeId()));
        reply.put(stat, stat.inode(), validNanos);
    }

    @Override
    public void setAttributes(Request.SetAttributes request, Reply.Attributes reply) throws ErrnoException {
        Fd path = path(request.nodeId());
        if (request.permissions() >= 0) {
            FileAttributes.setMode(path, request.permissions());
        }
        if (request.newUid() != -1 || request.newGid() != -1) {
            FileAttributes.setOwner(path, request.newUid(), request.newGid());
        }
        if (request.sizeBytes() >= 0) {
            try (Fd file = path.reopen(O.WRONLY)) {
                killing(request, request.killsPrivileges(), () -> FileData.truncate(file, request.sizeBytes()));
            }
        }
        if (request.accessed() != null || request.modified() != null) {
            FileAttributes.setTimes(path, request.accessed(), request.modified());
        }
        reply.attributes(validNanos).of(Stat.of(path));
    }

    /** Without the right to keep set-id bits, the host's own file system drops them. */
    private static void killing(Request caller, boolean kills, Making making) throws ErrnoException {
        if (kills) {
            as(caller, 0, making);
        } else {
            making.run();
        }
    }

    @Override
    public void readLink(Request request, Reply.Data reply) throws ErrnoException {
        reply.put(Names.readLink(path(request.nodeId())));
    }

    @Override
    public void symlink(Request.Symlink request, Reply.Entry reply) throws ErrnoException {
        as(request, 0, () -> Names.makeSymlink(request.target(), path(request.nodeId()), request.name()));
        put(request.nodeId(), request.name(), reply.entry());
    }

    @Override
    public void makeNode(Request.MakeNode request, Reply.Entry reply) throws ErrnoException {
        ThreadCredentials.setUmask(request.umask());
        Names.makeNode(path(request.nodeId()), request.name(), request.mode(), request.device());
        ThreadCredentials.setUmask(0);
        if (request.uid() != 0 || request.gid() != 0) {
            FileAttributes.setOwner(path(request.nodeId()), request.name(), request.uid(), -1);
        }
        put(request.nodeId(), request.name(), reply.entry());
    }

    @Override
    public void makeDirectory(Request.MakeDirectory request, Reply.Entry reply) throws ErrnoException {
        as(request, request.umask(), () -> Names.makeDirectory(path(request.nodeId()), request.name(), request.mode()));
        put(request.nodeId(), request.name(), reply.entry());
    }

    @Override
    public void unlink(Request.Named request, Reply reply) throws ErrnoException {
        Names.unlink(path(request.nodeId()), request.name());
    }

    @Override
    public void removeDirectory(Request.Named request, Reply reply) throws ErrnoException {
        Names.removeDirectory(path(request.nodeId()), request.name());
    }

    @Override
    public void rename(Request.Rename request, Reply reply) throws ErrnoException {
        Names.rename(
                path(request.nodeId()),
                request.oldName(),
                path(request.newDirectory()),
                request.newName(),
                request.flags());
    }

    @Override
    public void link(Request.Link request, Reply.Entry reply) throws ErrnoException {
        Names.linkOpenFile(path(request.oldNodeId()), path(request.nodeId()), request.name());
        put(request.nodeId(), request.name(), reply.entry());
    }

    @Override
    public void open(Request.Open request, Reply.Open reply) throws ErrnoException {
        Fd file = path(request.nodeId()).reopen(request.flags() & ~(O.APPEND | O.DIRECT | O.NOFOLLOW));
        if ((request.flags() & O.TRUNC) != 0 && request.killsPrivileges()) {
            try (Fd writable = path(request.nodeId()).reopen(O.WRONLY)) {
                killing(request, true, () -> FileData.truncate(writable, 0));
            }
        }
        reply.opened(keep(file), OpenFlags.KEEP_CACHE);
    }

    private long keep(Fd file) {
        long handle = nextHandle.incrementAndGet();
        files.put(handle, file);
        return handle;
    }

    @Override
    public void create(Request.Create request, Reply.Created reply) throws ErrnoException {
        as(
                request,
                request.umask(),
                () -> reply.opened(
                        keep(path(request.nodeId())
                                .openAt(
                                        request.name(),
                                        (request.flags() & ~(O.APPEND | O.DIRECT)) | O.CREAT | O.NOFOLLOW,
                                        request.mode())),
                        0));
        put(request.nodeId(), request.name(), reply.entry());
    }

    @Override
    public void createUnnamed(Request.Create request, Reply.Created reply) throws ErrnoException {
        Fd[] made = new Fd[1];
        as(
                request,
                request.umask(),
                () -> made[0] = path(request.nodeId())
                        .openAt(RelativePath.EMPTY, (request.flags() & O.ACCMODE) | O.TMPFILE, request.mode()));
        Stat stat = Stat.of(made[0]);
        Fd path = made[0].reopen(O.PATH);
        reply.entry().node(register(path, stat).id, 0).attributes().of(stat);
        reply.opened(keep(made[0]), 0);
    }

    @Override
    public void read(FileRequest.Read request, Reply.Data reply) throws ErrnoException {
        reply.filled(FileData.readAt(file(request), reply.buffer(), request.sizeBytes(), request.offset()));
    }

    @Override
    public void write(FileRequest.Write request, Reply.Written reply) throws ErrnoException {
        Fd file = file(request);
        killing(
                request,
                request.killsPrivileges(),
                () -> reply.written(FileData.writeAt(file, request.data(), request.sizeBytes(), request.offset())));
    }

    @Override
    public void statfs(Request request, Reply.Statfs reply) throws ErrnoException {
        reply.put(FileSystemStat.of(path(request.nodeId())));
    }

    @Override
    public void release(FileRequest.Release request, Reply reply) throws ErrnoException {
        file(request).close();
        files.remove(request.handle());
    }

    @Override
    public void sync(FileRequest.Sync request, Reply reply) throws ErrnoException {
        FileData.sync(file(request));
    }

    @Override
    public void openDirectory(Request.Open request, Reply.Open reply) throws ErrnoException {
        long handle = nextHandle.incrementAndGet();
        listings.put(handle, List.of());
        reply.opened(handle, 0);
    }

    private List<Listed> listing(FileRequest.Read request) throws ErrnoException {
        if (request.offset() == 0) {
            List<Listed> listed = new ArrayList<>();
            listed.add(new Listed(null, request.nodeId(), DirectoryReader.DT_DIR));
            listed.add(new Listed(null, request.nodeId(), DirectoryReader.DT_DIR));
            try (Fd directory = path(request.nodeId()).openAt(RelativePath.EMPTY, O.RDONLY | O.DIRECTORY)) {
                DirectoryReader.forEach(directory, (name, inode, type) -> listed.add(new Listed(name, inode, type)));
            }
            listings.put(request.handle(), listed);
        }
        return Objects.requireNonNull(listings.get(request.handle()));
    }

    @Override
    public void readDirectory(FileRequest.Read request, DirectoryReply reply) throws ErrnoException {
        List<Listed> listed = listing(request);
        for (int at = (int) request.offset(); at < listed.size(); at++) {
            Listed one = listed.get(at);
            FileName name = one.name;
            if (name == null ? !addDots(reply, at) : !reply.add(name, one.inode, at + 1, one.type)) {
                return;
            }
        }
    }

    @Override
    public void readDirectoryPlus(FileRequest.Read request, DirectoryReply.Plus reply) throws ErrnoException {
        List<Listed> listed = listing(request);
        for (int at = (int) request.offset(); at < listed.size(); at++) {
            Listed one = listed.get(at);
            FileName name = one.name;
            if (name == null ? !addDots(reply, at) : !reply.hasRoomFor(name)) {
                return;
            }
            if (name != null && Stat.atOrNull(path(request.nodeId()), name) == null) {
                reply.add(name, one.inode, at + 1, one.type);
            } else if (name != null) {
                put(request.nodeId(), name, reply.addNode(name, one.inode, at + 1, one.type));
            }
        }
    }

    private static boolean addDots(DirectoryReply reply, int at) {
        return at == 0 ? reply.addSelf(1, 1) : reply.addParent(1, 2);
    }

    @Override
    public void releaseDirectory(FileRequest.Release request, Reply reply) {
        listings.remove(request.handle());
    }

    @Override
    public void syncDirectory(FileRequest.Sync request, Reply reply) {}

    @Override
    public void setXattr(Request.SetXattr request, Reply reply) throws ErrnoException {
        Xattrs.set(path(request.nodeId()), request.name(), request.value(), request.flags());
        if (request.clearsSetGroupId()) {
            Fd path = path(request.nodeId());
            FileAttributes.setMode(path, Stat.of(path).permissions() & ~Stat.S_ISGID);
        }
    }

    @Override
    public void getXattr(Request.GetXattr request, Reply.Xattr reply) throws ErrnoException {
        byte @Nullable [] value = Xattrs.get(path(request.nodeId()), request.name());
        if (value == null) {
            reply.absent();
        } else {
            reply.value(value);
        }
    }

    @Override
    public void listXattrs(Request.GetXattr request, Reply.Xattr reply) throws ErrnoException {
        List<XattrName> names = Xattrs.list(path(request.nodeId()));
        reply.names(names.stream()
                .filter(name -> request.uid() == 0 || !name.startsWith("trusted."))
                .toList());
    }

    @Override
    public void removeXattr(Request.RemoveXattr request, Reply reply) throws ErrnoException {
        Xattrs.remove(path(request.nodeId()), request.name());
    }

    @Override
    public void allocate(FileRequest.Allocate request, Reply reply) throws ErrnoException {
        Fd file = file(request);
        killing(
                request,
                request.uid() != 0,
                () -> FileData.allocate(file, request.mode(), request.offset(), request.lengthBytes()));
    }

    @Override
    public void seek(FileRequest.Seek request, Reply.Position reply) throws ErrnoException {
        reply.put(FileData.seek(file(request), request.offset(), request.whence()));
    }

    @Override
    public void copyRange(FileRequest.CopyRange request, Reply.Written reply) throws ErrnoException {
        Fd from = file(request);
        Fd to = opened(request.toHandle());
        killing(
                request,
                request.uid() != 0,
                () -> reply.written(
                        FileData.copyRange(from, request.offset(), to, request.toOffset(), request.lengthBytes())));
    }
}
