package mille.fuse;

import org.jspecify.annotations.Nullable;

/** The requests that a kernel sends ({@code enum fuse_opcode}), each with the size of the structure between its header and its names or data. */
public enum Opcode {
    LOOKUP(1, 0),
    FORGET(2, Wire.ForgetIn.BYTES, Answer.NONE),
    GETATTR(3, Wire.GetattrIn.BYTES),
    SETATTR(4, Wire.SetattrIn.BYTES),
    READLINK(5, 0),
    SYMLINK(6, 0),
    MKNOD(8, Wire.MknodIn.BYTES),
    MKDIR(9, Wire.MkdirIn.BYTES),
    UNLINK(10, 0, Answer.SUCCESS),
    RMDIR(11, 0, Answer.SUCCESS),
    RENAME(12, Wire.RenameIn.BYTES, Answer.SUCCESS),
    LINK(13, Wire.LinkIn.BYTES),
    OPEN(14, Wire.OpenIn.BYTES),
    READ(15, Wire.ReadIn.BYTES),
    WRITE(16, Wire.WriteIn.BYTES),
    STATFS(17, 0),
    RELEASE(18, Wire.ReleaseIn.BYTES, Answer.SUCCESS),
    FSYNC(20, Wire.FsyncIn.BYTES, Answer.SUCCESS),
    SETXATTR(21, Wire.SetxattrIn.BYTES, Answer.SUCCESS),
    GETXATTR(22, Wire.GetxattrIn.BYTES),
    LISTXATTR(23, Wire.GetxattrIn.BYTES),
    REMOVEXATTR(24, 0, Answer.SUCCESS),
    FLUSH(25, Wire.FlushIn.BYTES, Answer.SUCCESS),
    INIT(26, Wire.InitIn.BYTES, Answer.SUCCESS),
    OPENDIR(27, Wire.OpenIn.BYTES),
    READDIR(28, Wire.ReadIn.BYTES),
    RELEASEDIR(29, Wire.ReleaseIn.BYTES, Answer.SUCCESS),
    FSYNCDIR(30, Wire.FsyncIn.BYTES, Answer.SUCCESS),
    GETLK(31, Wire.LkIn.BYTES),
    SETLK(32, Wire.LkIn.BYTES, Answer.SUCCESS),
    SETLKW(33, Wire.LkIn.BYTES, Answer.SUCCESS),
    ACCESS(34, Wire.AccessIn.BYTES, Answer.SUCCESS),
    CREATE(35, Wire.CreateIn.BYTES),
    INTERRUPT(36, Wire.InterruptIn.BYTES, Answer.SUCCESS),
    BMAP(37, Wire.BmapIn.BYTES),
    DESTROY(38, 0, Answer.SUCCESS),
    IOCTL(39, Wire.IoctlIn.BYTES),
    POLL(40, Wire.PollIn.BYTES),
    NOTIFY_REPLY(41, 0, Answer.NONE),
    BATCH_FORGET(42, Wire.BatchForgetIn.BYTES, Answer.NONE),
    FALLOCATE(43, Wire.FallocateIn.BYTES, Answer.SUCCESS),
    READDIRPLUS(44, Wire.ReadIn.BYTES),
    RENAME2(45, Wire.Rename2In.BYTES, Answer.SUCCESS),
    LSEEK(46, Wire.LseekIn.BYTES),
    COPY_FILE_RANGE(47, Wire.CopyFileRangeIn.BYTES),
    SYNCFS(50, Wire.SyncfsIn.BYTES, Answer.SUCCESS),
    TMPFILE(51, Wire.CreateIn.BYTES),
    STATX(52, Wire.Newer.STATX_IN_BYTES),
    COPY_FILE_RANGE_64(53, Wire.CopyFileRangeIn.BYTES);

    /** All codes are less. */
    static final int CODES = 54;

    private static final @Nullable Opcode[] BY_CODE = new @Nullable Opcode[CODES];

    static {
        for (Opcode opcode : values()) {
            BY_CODE[opcode.code] = opcode;
        }
    }

    /** What a request that succeeds is answered by. */
    enum Answer {
        /** Nothing, and neither is one that fails. */
        NONE,
        /** A header alone. */
        SUCCESS,
        /** A header and what the handler says. */
        BODY
    }

    private final int code;
    private final int structureBytes;
    private final Answer answer;

    Opcode(int code, int structureBytes, Answer answer) {
        this.code = code;
        this.structureBytes = structureBytes;
        this.answer = answer;
    }

    Opcode(int code, int structureBytes) {
        this(code, structureBytes, Answer.BODY);
    }

    /** The number in the request's header. */
    public int code() {
        return code;
    }

    int structureBytes() {
        return structureBytes;
    }

    Answer answer() {
        return answer;
    }

    /** Null for a request that came after this was written, or that is no file system's (DAX, CUSE). */
    static @Nullable Opcode of(int code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    }
}
