package mille.linux;

/**
 * A ring by which one thread hands commands to a device and takes up what became of them, both in one system call ({@code io_uring(7)}).
 * Only commands that the device itself defines ({@code IORING_OP_URING_CMD}), with the 80 bytes of argument that {@code IORING_SETUP_SQE128}
 * gives.
 *
 * <p>It belongs to the thread that opened it: no other may call any method but {@link #close}. What completes is put into the ring while
 * that thread is in {@link #submit}, and at no other time ({@code IORING_SETUP_DEFER_TASKRUN}); so its memory is read and written without
 * any ordering.
 */
public final class IoUring implements AutoCloseable {
    private static final int IORING_SETUP_SQE128 = 1 << 10;
    private static final int IORING_SETUP_SINGLE_ISSUER = 1 << 12;
    private static final int IORING_SETUP_DEFER_TASKRUN = 1 << 13;
    private static final int IORING_ENTER_GETEVENTS = 1;
    private static final long IORING_OFF_SQ_RING = 0;
    private static final long IORING_OFF_SQES = 0x10000000;

    private static final int PARAMS_BYTES = 120;
    private static final int PARAMS_SQ_ENTRIES = 0;
    private static final int PARAMS_CQ_ENTRIES = 4;
    private static final int PARAMS_FLAGS = 8;
    private static final int PARAMS_SQ_HEAD = 40;
    private static final int PARAMS_SQ_TAIL = 44;
    private static final int PARAMS_SQ_ARRAY = 64;
    private static final int PARAMS_CQ_HEAD = 80;
    private static final int PARAMS_CQ_TAIL = 84;
    private static final int PARAMS_CQ_CQES = 100;

    private static final byte IORING_OP_URING_CMD = 46;
    private static final int SQE_BYTES = 128;
    private static final int SQE_OPCODE = 0;
    private static final int SQE_FD = 4;
    private static final int SQE_COMMAND = 8;
    private static final int SQE_ADDRESS = 16;
    private static final int SQE_LENGTH = 24;
    private static final int SQE_USER_DATA = 32;
    private static final int SQE_ARGUMENT = 48;
    private static final int CQE_BYTES = 16;
    private static final int CQE_USER_DATA = 0;
    private static final int CQE_RESULT = 8;

    private final Fd fd;
    private final NativeBuffer ring;
    private final NativeBuffer submissions;
    private final int submissionMask;
    private final int completionMask;
    private final int submissionTailAt;
    private final int completionHeadAt;
    private final int completionTailAt;
    private final int completionsAt;

    private int tail;
    private int submitted;
    private int head;

    private IoUring(Fd fd, NativeBuffer params) {
        this.fd = fd;
        int submissionCount = params.getInt(PARAMS_SQ_ENTRIES);
        int completionCount = params.getInt(PARAMS_CQ_ENTRIES);
        int arrayAt = params.getInt(PARAMS_SQ_ARRAY);
        submissionMask = submissionCount - 1;
        completionMask = completionCount - 1;
        submissionTailAt = params.getInt(PARAMS_SQ_TAIL);
        completionHeadAt = params.getInt(PARAMS_CQ_HEAD);
        completionTailAt = params.getInt(PARAMS_CQ_TAIL);
        completionsAt = params.getInt(PARAMS_CQ_CQES);
        long ringBytes = Math.max(arrayAt + 4L * submissionCount, completionsAt + (long) CQE_BYTES * completionCount);
        ring = NativeBuffer.map(fd, IORING_OFF_SQ_RING, ringBytes);
        submissions = NativeBuffer.map(fd, IORING_OFF_SQES, (long) SQE_BYTES * submissionCount);
        tail = ring.getInt(params.getInt(PARAMS_SQ_HEAD));
        submitted = tail;
        for (int i = 0; i < submissionCount; i++) {
            ring.putInt(arrayAt + 4L * i, i); // each place is taken in turn
        }
    }

    /**
     * @param entries how many commands may be prepared between two submissions
     * @throws ErrnoException ENOSYS or EPERM where the kernel has no rings or keeps them from us, EINVAL before Linux 6.1
     */
    public static IoUring open(int entries) throws ErrnoException {
        Scratch scratch = Scratch.get();
        NativeBuffer params = NativeBuffer.allocate(PARAMS_BYTES); // not the scratch, as the calls below use that
        params.putInt(PARAMS_FLAGS, IORING_SETUP_SQE128 | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN);
        Fd fd = Fd.ofResult(Syscall.call(scratch, Syscall.IO_URING_SETUP, entries, params.address()), "io_uring_setup");
        try {
            return new IoUring(fd, params);
        } catch (RuntimeException | Error failed) {
            fd.close();
            throw failed;
        }
    }

    /**
     * Puts a command where the next {@link #submit} takes it from.
     *
     * @param command the number that the device gives it
     * @param buffers an array of {@code struct iovec}, or null; it must live until the command completes
     * @param userData comes back with the completion
     * @param first eight bytes of the argument, from its byte 8 on; those before are 0
     * @param second the next eight
     */
    public void prepareCommand(Fd device, int command, NativeBuffer buffers, long userData, long first, long second) {
        long at = (long) (tail & submissionMask) * SQE_BYTES;
        NativeBuffer entries = submissions; // zeros at first, and no other fields are ever set
        entries.putByte(at + SQE_OPCODE, IORING_OP_URING_CMD);
        entries.putInt(at + SQE_FD, device.number());
        entries.putInt(at + SQE_COMMAND, command);
        entries.putLong(at + SQE_ADDRESS, buffers.address(0, buffers.sizeBytes()));
        entries.putInt(at + SQE_LENGTH, (int) (buffers.sizeBytes() / (2 * Long.BYTES)));
        entries.putLong(at + SQE_USER_DATA, userData);
        entries.putLong(at + SQE_ARGUMENT + 8, first);
        entries.putLong(at + SQE_ARGUMENT + 16, second);
        tail++;
    }

    /**
     * Hands over what was prepared, and waits until that many completions can be taken up.
     *
     * @param awaited 0 doesn't wait
     * @return 0, or the error's number negated; EINTR came before anything completed, and what was prepared may be handed over or not: call
     *     again
     */
    public int submit(int awaited) {
        ring.putInt(submissionTailAt, tail);
        long result = Syscall.call(
                Scratch.get(),
                Syscall.IO_URING_ENTER,
                fd.number(),
                tail - submitted,
                awaited,
                IORING_ENTER_GETEVENTS,
                0,
                0);
        if (result < 0) {
            return (int) result;
        }
        submitted += (int) result;
        return 0;
    }

    /** Whether something has completed: {@link #userData} and {@link #result} tell what, until {@link #take}. */
    public boolean hasCompletion() {
        return head != ring.getInt(completionTailAt);
    }

    public long userData() {
        return ring.getLong(completion() + CQE_USER_DATA);
    }

    /** What the device answered; an error's number is negative. */
    public int result() {
        return ring.getInt(completion() + CQE_RESULT);
    }

    private long completion() {
        return completionsAt + (long) (head & completionMask) * CQE_BYTES;
    }

    /** Goes on to the next completion. */
    public void take() {
        head++;
        ring.putInt(completionHeadAt, head);
    }

    /** Commands that haven't completed are cancelled, some time after. */
    @Override
    public void close() {
        fd.close();
    }
}
