package mille.fuse;

import java.lang.System.Logger.Level;
import jdk.jfr.FlightRecorder;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.LateLogger;
import org.jspecify.annotations.Nullable;

/**
 * Turns the request in an exchange into one call of the file system, and what comes of it into the reply. One belongs to each exchange, with
 * the views that handlers get, so that nothing is made anew for a request. It doesn't know where the bytes come from or go to.
 */
final class Dispatcher {
    /** {@link #dispatch}: nothing is to be sent. */
    static final int NO_REPLY = 0;

    private static final System.Logger LOG = LateLogger.of("mille.fuse");

    /** Serves what lies in the exchange. */
    @FunctionalInterface
    private interface Call {
        void run() throws ErrnoException;
    }

    private final FuseFileSystem fileSystem;
    private final Exchange exchange;
    private final Interrupts interrupts;
    private final boolean extendedXattr;
    private final RequestCounters counters = new RequestCounters();

    /**
     * By an opcode's code, each made when it is first wanted. A server that rehearses for the start-up cache makes all, so that a first request
     * of any kind finds its call's class there.
     */
    private final @Nullable Call[] calls = new @Nullable Call[Opcode.CODES];

    private final Request plain;
    private final Request.Named named;
    private final Request.AttributeQuery attributeQuery;
    private final Request.SetAttributes setAttributes;
    private final Request.Symlink symlink;
    private final Request.MakeNode makeNode;
    private final Request.MakeDirectory makeDirectory;
    private final Request.Rename rename;
    private final Request.Link link;
    private final Request.Open open;
    private final Request.Create create;
    private final Request.SetXattr setXattr;
    private final Request.GetXattr getXattr;
    private final Request.RemoveXattr removeXattr;
    private final Request.Access access;
    private final Request.Bmap bmap;
    private final FileRequest.Read read;
    private final FileRequest.Write write;
    private final FileRequest.Release release;
    private final FileRequest.Sync sync;
    private final FileRequest.Lock lock;
    private final FileRequest.Ioctl ioctl;
    private final FileRequest.Poll poll;
    private final FileRequest.Allocate allocate;
    private final FileRequest.Seek seek;
    private final FileRequest.CopyRange copyRange;

    private final Reply done;
    private final Reply.Entry entry;
    private final Reply.Attributes attributes;
    private final Reply.Open opened;
    private final Reply.Created created;
    private final Reply.Data data;
    private final Reply.Written written;
    private final Reply.Statfs statfs;
    private final Reply.Xattr xattr;
    private final Reply.Lock heldLock;
    private final Reply.Later later;
    private final Reply.Position position;
    private final Reply.Ioctl ioctlResult;
    private final Reply.Poll polled;
    private final Reply.Statx statx;
    private final DirectoryReply directory;
    private final DirectoryReply.Plus directoryPlus;

    Dispatcher(
            FuseFileSystem fileSystem,
            Exchange exchange,
            Negotiated negotiated,
            Interrupts interrupts,
            PendingReplies.Channel channel) {
        this.fileSystem = fileSystem;
        this.exchange = exchange;
        this.interrupts = interrupts;
        this.extendedXattr = negotiated.has(Capability.SETXATTR_EXT);
        plain = new Request(exchange);
        named = new Request.Named(exchange);
        attributeQuery = new Request.AttributeQuery(exchange);
        setAttributes = new Request.SetAttributes(exchange);
        symlink = new Request.Symlink(exchange);
        makeNode = new Request.MakeNode(exchange);
        makeDirectory = new Request.MakeDirectory(exchange);
        rename = new Request.Rename(exchange);
        link = new Request.Link(exchange);
        open = new Request.Open(exchange);
        create = new Request.Create(exchange);
        setXattr = new Request.SetXattr(exchange, extendedXattr);
        getXattr = new Request.GetXattr(exchange);
        removeXattr = new Request.RemoveXattr(exchange);
        access = new Request.Access(exchange);
        bmap = new Request.Bmap(exchange);
        read = new FileRequest.Read(exchange);
        write = new FileRequest.Write(exchange);
        release = new FileRequest.Release(exchange);
        sync = new FileRequest.Sync(exchange);
        lock = new FileRequest.Lock(exchange);
        ioctl = new FileRequest.Ioctl(exchange);
        poll = new FileRequest.Poll(exchange);
        allocate = new FileRequest.Allocate(exchange);
        seek = new FileRequest.Seek(exchange);
        copyRange = new FileRequest.CopyRange(exchange);

        done = new Reply(exchange);
        entry = new Reply.Entry(exchange);
        attributes = new Reply.Attributes(exchange);
        opened = new Reply.Open(exchange);
        created = new Reply.Created(exchange);
        data = new Reply.Data(exchange);
        written = new Reply.Written(exchange);
        statfs = new Reply.Statfs(exchange);
        xattr = new Reply.Xattr(exchange, getXattr);
        heldLock = new Reply.Lock(exchange);
        later = new Reply.Later(exchange, interrupts.pending(), channel);
        position = new Reply.Position(exchange);
        ioctlResult = new Reply.Ioctl(exchange);
        polled = new Reply.Poll(exchange);
        statx = new Reply.Statx(exchange);
        directory = new DirectoryReply(exchange);
        directoryPlus = new DirectoryReply.Plus(exchange);
        if (Rehearsal.IS_ON) {
            for (Opcode opcode : Opcode.values()) {
                calls[opcode.code()] = newCall(opcode);
            }
        }
    }

    /** What was dispatched here so far. */
    RequestCounters counters() {
        return counters;
    }

    /**
     * Serves the request that lies in the exchange.
     *
     * @param messageEnd where its payload ends in the in buffer
     * @param arrivedAt when it came ({@link System#nanoTime})
     * @return the length of the reply that lies in the exchange now, or {@link #NO_REPLY}
     */
    int dispatch(long messageEnd, long arrivedAt) {
        long unique = exchange.unique();
        Opcode opcode = Opcode.of(exchange.headerInt(Wire.InHeader.OPCODE));
        if (opcode == null) {
            exchange.open(0, messageEnd);
            exchange.fail(Errno.ENOSYS);
            return exchange.seal(unique);
        }
        boolean shortXattr = opcode == Opcode.SETXATTR && !extendedXattr;
        exchange.open(shortXattr ? Wire.COMPAT_SETXATTR_IN_BYTES : opcode.structureBytes(), messageEnd);
        long nodeId = exchange.headerLong(Wire.InHeader.NODEID);
        if (opcode.answer() == Opcode.Answer.BODY) {
            exchange.bodyBytes = Exchange.NO_BODY;
        }
        SlowRequest slow = FlightRecorder.isInitialized() ? SlowRequest.begunIfRecorded() : null;
        exchange.serving(unique);
        serve(opcode);
        exchange.serving(0);
        boolean replies = opcode.answer() != Opcode.Answer.NONE && !exchange.deferred;
        if (replies && exchange.errorCode == 0 && exchange.bodyBytes == Exchange.NO_BODY) {
            LOG.log(Level.ERROR, "{0} was left without an answer", exchange);
            exchange.fail(Errno.EIO);
        }
        // Before the answer leaves, so that who has it finds the request counted.
        counters.count(opcode, System.nanoTime() - arrivedAt, exchange.errorCode != 0);
        if (slow != null) {
            slow.end(opcode, exchange, nodeId);
        }
        return replies ? exchange.seal(unique) : NO_REPLY;
    }

    /** The one place where what a handler throws becomes what the kernel gets. */
    private void serve(Opcode opcode) {
        try {
            callOf(opcode).run();
        } catch (ErrnoException failed) {
            exchange.fail(failed.errno());
        } catch (RuntimeException | Error unforeseen) {
            report(unforeseen);
            exchange.fail(Errno.EIO);
        }
    }

    private void report(Throwable unforeseen) {
        try {
            LOG.log(Level.ERROR, () -> exchange + " failed", unforeseen);
        } catch (RuntimeException | Error unspeakable) {
            // Without memory even for that: the caller gets EIO, and the worker lives on.
            exchange.fail(Errno.EIO);
        }
    }

    private Call callOf(Opcode opcode) {
        Call known = calls[opcode.code()];
        if (known == null) {
            known = newCall(opcode);
            calls[opcode.code()] = known;
        }
        return known;
    }

    /** Each on its own and not a switch that makes the calls: the JVM would compile all of them before the first one runs fast. */
    private Call newCall(Opcode opcode) {
        return switch (opcode) {
            case LOOKUP -> this::lookup;
            case FORGET -> this::forget;
            case BATCH_FORGET -> this::forgetAll;
            case GETATTR -> () -> fileSystem.getAttributes(attributeQuery, attributes);
            case SETATTR -> () -> fileSystem.setAttributes(setAttributes, attributes);
            case STATX -> () -> fileSystem.statx(attributeQuery, statx);
            case READLINK -> () -> fileSystem.readLink(plain, data);
            case SYMLINK -> () -> fileSystem.symlink(symlink, entry);
            case MKNOD -> () -> fileSystem.makeNode(makeNode, entry);
            case MKDIR -> () -> fileSystem.makeDirectory(makeDirectory, entry);
            case UNLINK -> () -> fileSystem.unlink(named, done);
            case RMDIR -> () -> fileSystem.removeDirectory(named, done);
            case RENAME -> () -> fileSystem.rename(rename.of(false), done);
            case RENAME2 -> () -> fileSystem.rename(rename.of(true), done);
            case LINK -> () -> fileSystem.link(link, entry);
            case STATFS -> () -> fileSystem.statfs(plain, statfs);
            case SETXATTR -> () -> fileSystem.setXattr(setXattr, done);
            case GETXATTR -> () -> fileSystem.getXattr(getXattr, xattr);
            case LISTXATTR -> () -> fileSystem.listXattrs(getXattr, xattr);
            case REMOVEXATTR -> () -> fileSystem.removeXattr(removeXattr, done);
            case ACCESS -> () -> fileSystem.access(access, done);
            case BMAP -> () -> fileSystem.bmap(bmap, position);
            case SYNCFS -> () -> fileSystem.syncFileSystem(plain, done);
            case DESTROY, NOTIFY_REPLY -> () -> {}; // nothing of ours asks for the latter
            case INIT -> () -> exchange.fail(Errno.EIO); // comes once, before there is a dispatcher
            case INTERRUPT -> this::interrupt;
            case OPEN -> () -> fileSystem.open(open, opened);
            case CREATE -> () -> fileSystem.create(create, created);
            case TMPFILE -> () -> fileSystem.createUnnamed(create, created);
            case READ -> this::read;
            case WRITE -> this::write;
            case FLUSH -> () -> fileSystem.flush(release.of(true), done);
            case RELEASE -> () -> fileSystem.release(release.of(false), done);
            case FSYNC -> () -> fileSystem.sync(sync, done);
            case OPENDIR -> () -> fileSystem.openDirectory(open, opened);
            case READDIR -> this::readDirectory;
            case READDIRPLUS -> this::readDirectoryPlus;
            case RELEASEDIR -> () -> fileSystem.releaseDirectory(release.of(false), done);
            case FSYNCDIR -> () -> fileSystem.syncDirectory(sync, done);
            case GETLK -> () -> fileSystem.getLock(lock, heldLock);
            case SETLK -> () -> fileSystem.setLock(lock, done);
            case SETLKW -> () -> fileSystem.setLockWaiting(lock, later);
            case IOCTL -> () -> fileSystem.ioctl(ioctl, ioctlResult);
            case POLL -> () -> fileSystem.poll(poll, polled);
            case FALLOCATE -> () -> fileSystem.allocate(allocate, done);
            case LSEEK -> () -> fileSystem.seek(seek, position);
            case COPY_FILE_RANGE -> () -> copyRange(false);
            case COPY_FILE_RANGE_64 -> () -> copyRange(true);
        };
    }

    private void lookup() throws ErrnoException {
        int length = exchange.stringLength(0);
        if (length <= 2 && exchange.payloadByte(0) == '.' && (length == 1 || exchange.payloadByte(1) == '.')) {
            if (length == 1) {
                fileSystem.lookupSelf(plain, entry);
            } else {
                fileSystem.lookupParent(plain, entry);
            }
        } else {
            fileSystem.lookup(named, entry);
        }
    }

    private void read() throws ErrnoException {
        fileSystem.read(read, data);
        counters.bytesRead += Math.max(0, exchange.bodyBytes); // none where it was left without an answer
    }

    private void write() throws ErrnoException {
        fileSystem.write(write, written.of(false));
        counters.bytesWritten += written.bytes();
    }

    private void copyRange(boolean wide) throws ErrnoException {
        fileSystem.copyRange(copyRange, written.of(wide));
        counters.bytesCopied += written.bytes();
    }

    private void readDirectory() throws ErrnoException {
        directory.begin(read.sizeBytes());
        fileSystem.readDirectory(read, directory);
    }

    private void readDirectoryPlus() throws ErrnoException {
        directoryPlus.begin(read.sizeBytes());
        fileSystem.readDirectoryPlus(read, directoryPlus);
    }

    private void forget() {
        fileSystem.forget(plain.nodeId(), exchange.structureLong(Wire.ForgetIn.NLOOKUP));
    }

    /** One forget that fails doesn't lose those after it. */
    private void forgetAll() {
        int count = exchange.structureInt(Wire.BatchForgetIn.COUNT);
        for (long at = 0; count > 0; count--, at += Wire.ForgetOne.BYTES) {
            try {
                fileSystem.forget(
                        exchange.payloadLong(at + Wire.ForgetOne.NODEID),
                        exchange.payloadLong(at + Wire.ForgetOne.NLOOKUP));
            } catch (RuntimeException | Error unforeseen) {
                report(unforeseen);
            }
        }
    }

    /**
     * A caller was interrupted. The request is found waiting or being served: it is told, and nothing answered. Or it isn't found: it was
     * answered already, or its worker hasn't got round to it. EAGAIN has the kernel ask again in the second case, and drop it in the first.
     */
    private void interrupt() {
        if (interrupts.interrupt(exchange.structureLong(Wire.InterruptIn.UNIQUE))) {
            exchange.deferred = true; // and never answered
        } else {
            exchange.fail(Errno.EAGAIN);
        }
    }
}
