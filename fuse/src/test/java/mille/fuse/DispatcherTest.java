package mille.fuse;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.FileName;
import mille.linux.XattrName;
import org.junit.jupiter.api.Test;

/** Requests that a kernel of today doesn't send, or not on purpose: the bytes are made by hand. Real mounts test the others. */
final class DispatcherTest {
    private final Exchange exchange = Exchange.ofMessages(65536);
    private final Interrupts interrupts = new Interrupts();
    private final List<String> lateAnswers = new ArrayList<>();

    private int dispatch(FuseFileSystem fileSystem, Message message) {
        return dispatch(fileSystem, message, 0);
    }

    private int dispatch(FuseFileSystem fileSystem, Message message, long flags) {
        Dispatcher dispatcher = new Dispatcher(
                fileSystem,
                exchange,
                new Negotiated(38, flags, 65536),
                interrupts,
                (unique, error) -> lateAnswers.add(unique + ":" + error));
        return dispatcher.dispatch(message.length(), System.nanoTime());
    }

    private Message message(Opcode opcode) {
        return new Message(exchange, opcode.code());
    }

    private void assertError(Errno errno, int replyLength) {
        assertEquals(Wire.OutHeader.BYTES, replyLength);
        assertEquals(Wire.OutHeader.BYTES, exchange.outBuffer.getInt(Wire.OutHeader.LEN));
        assertEquals(-errno.code(), exchange.outBuffer.getInt(Wire.OutHeader.ERROR));
        assertEquals(Message.UNIQUE, exchange.outBuffer.getLong(Wire.OutHeader.UNIQUE));
    }

    private void assertSuccess(int bodyBytes, int replyLength) {
        assertEquals(Wire.OutHeader.BYTES + bodyBytes, replyLength);
        assertEquals(0, exchange.outBuffer.getInt(Wire.OutHeader.ERROR));
    }

    @Test
    void opcodesThatNobodyKnowsAnswerEnosys() {
        FuseFileSystem fileSystem = new FuseFileSystem() {};
        for (int opcode : new int[] {0, 7, 19, 48, 49, 54, 4096, -1, Integer.MAX_VALUE}) {
            assertError(Errno.ENOSYS, dispatch(fileSystem, new Message(exchange, opcode)));
        }
    }

    @Test
    void aFileSystemWithoutMethodsAnswersEveryRequest() {
        FuseFileSystem fileSystem = new FuseFileSystem() {};
        for (Opcode opcode : Opcode.values()) {
            int length = dispatch(
                    fileSystem,
                    message(opcode).with64(new long[12]).withName("x").withName("y"));
            boolean unanswered = List.of(Opcode.FORGET, Opcode.BATCH_FORGET, Opcode.NOTIFY_REPLY)
                    .contains(opcode);
            assertEquals(unanswered, length == Dispatcher.NO_REPLY, opcode.name());
        }
    }

    @Test
    void handlersThatThrowAreAnsweredAndTheNextRequestIsServed() {
        FuseFileSystem fileSystem = new FuseFileSystem() {
            @Override
            public void unlink(Request.Named request, Reply reply) throws ErrnoException {
                switch (request.name().toString()) {
                    case "errno" -> throw new ErrnoException(Errno.ETXTBSY, "unlink");
                    case "runtime" -> throw new IllegalStateException("on purpose");
                    case "error" -> throw new StackOverflowError("on purpose");
                    default -> {}
                }
            }
        };
        assertError(Errno.ETXTBSY, dispatch(fileSystem, message(Opcode.UNLINK).withName("errno")));
        assertError(Errno.EIO, dispatch(fileSystem, message(Opcode.UNLINK).withName("runtime")));
        assertError(Errno.EIO, dispatch(fileSystem, message(Opcode.UNLINK).withName("error")));
        assertSuccess(0, dispatch(fileSystem, message(Opcode.UNLINK).withName("good")));
    }

    @Test
    void aHandlerThatForgetsItsReplyAnswersEio() {
        FuseFileSystem fileSystem = new FuseFileSystem() {
            @Override
            public void getAttributes(Request.AttributeQuery request, Reply.Attributes reply) {}
        };
        assertError(Errno.EIO, dispatch(fileSystem, message(Opcode.GETATTR).with64(0, 0)));
    }

    @Test
    void namesThatAreTooLongOrNoNamesNeverReachTheFileSystem() {
        List<FileName> seen = new ArrayList<>();
        FuseFileSystem fileSystem = new FuseFileSystem() {
            @Override
            public void lookup(Request.Named request, Reply.Entry reply) throws ErrnoException {
                seen.add(request.name());
                reply.absent(0);
            }
        };
        assertError(
                Errno.ENAMETOOLONG, dispatch(fileSystem, message(Opcode.LOOKUP).withName("n".repeat(256))));
        assertError(Errno.EINVAL, dispatch(fileSystem, message(Opcode.LOOKUP).withName("")));
        assertError(Errno.EINVAL, dispatch(fileSystem, message(Opcode.LOOKUP).withName("a/b")));
        assertEquals(List.of(), seen);
        assertError(Errno.ENOENT, dispatch(fileSystem, message(Opcode.LOOKUP).withName("n".repeat(255))));
        assertError(Errno.ESTALE, dispatch(fileSystem, message(Opcode.LOOKUP).withName(".")));
        assertError(Errno.ESTALE, dispatch(fileSystem, message(Opcode.LOOKUP).withName("..")));
        assertError(Errno.ENOENT, dispatch(fileSystem, message(Opcode.LOOKUP).withName("...")));
    }

    @Test
    void extensionsOfCreatingRequestsAreReadOrSkipped() {
        List<String> seen = new ArrayList<>();
        FuseFileSystem fileSystem = new FuseFileSystem() {
            @Override
            public void makeDirectory(Request.MakeDirectory request, Reply.Entry reply) throws ErrnoException {
                seen.add(request.name() + " " + Arrays.toString(request.supplementaryGroups()));
                reply.fail(Errno.EEXIST);
            }
        };
        dispatch(fileSystem, message(Opcode.MKDIR).with32(0755, 022).withName("plain"));
        dispatch(
                fileSystem,
                message(Opcode.MKDIR).with32(0755, 022).withName("member").withGroups(5, 6));
        dispatch(
                fileSystem,
                message(Opcode.MKDIR)
                        .with32(0755, 022)
                        .withName("other")
                        .withUnknownExtension()
                        .withGroups(7));
        Message lying =
                message(Opcode.MKDIR).with32(0755, 022).withName("lying").withGroups(8);
        exchange.inBuffer.putInt(lying.length() - 16, 1 << 30); // the extension's size
        dispatch(fileSystem, lying);
        assertEquals(List.of("plain []", "member [5, 6]", "other [7]", "lying []"), seen);
    }

    @Test
    void forgetsComeOneByOneAndInBatches() {
        List<String> seen = new ArrayList<>();
        FuseFileSystem fileSystem = new FuseFileSystem() {
            @Override
            public void forget(long nodeId, long lookups) {
                seen.add(nodeId + "x" + lookups);
                if (nodeId == 3) {
                    throw new IllegalStateException("on purpose");
                }
            }
        };
        assertEquals(
                Dispatcher.NO_REPLY, dispatch(fileSystem, message(Opcode.FORGET).with64(2)));
        assertEquals(
                Dispatcher.NO_REPLY,
                dispatch(fileSystem, message(Opcode.BATCH_FORGET).with32(3, 0).with64(3, 1, 4, 2, 5, 9)));
        assertEquals(List.of("7x2", "3x1", "4x2", "5x9"), seen);
    }

    @Test
    void setxattrComesInTwoShapes() {
        List<String> seen = new ArrayList<>();
        FuseFileSystem fileSystem = new FuseFileSystem() {
            @Override
            public void setXattr(Request.SetXattr request, Reply reply) throws ErrnoException {
                seen.add(request.name() + "=" + new String(request.value(), StandardCharsets.UTF_8) + " "
                        + request.flags() + " " + request.clearsSetGroupId());
            }
        };
        byte[] value = {'v', 'a', 'l'};
        dispatch(
                fileSystem,
                message(Opcode.SETXATTR).with32(3, 1).withName("user.short").withBytes(value));
        dispatch(
                fileSystem,
                message(Opcode.SETXATTR)
                        .with32(3, 2, 1, 0)
                        .withName("user.long")
                        .withBytes(value),
                Capability.SETXATTR_EXT.bit());
        assertEquals(List.of("user.short=val 1 false", "user.long=val 2 true"), seen);
    }

    @Test
    void xattrsAnswerSizeOrValueOrErangeByTheCallersRoom() {
        byte[] value = {1, 0, -1};
        FuseFileSystem fileSystem = new FuseFileSystem() {
            @Override
            public void getXattr(Request.GetXattr request, Reply.Xattr reply) {
                reply.value(value);
            }

            @Override
            public void listXattrs(Request.GetXattr request, Reply.Xattr reply) {
                reply.names(List.of(XattrName.of("user.a"), XattrName.of("user.bc")));
            }
        };
        assertSuccess(
                8, dispatch(fileSystem, message(Opcode.GETXATTR).with32(0, 0).withName("user.a")));
        assertEquals(3, exchange.outBuffer.getInt(Wire.OutHeader.BYTES));
        assertSuccess(
                3, dispatch(fileSystem, message(Opcode.GETXATTR).with32(3, 0).withName("user.a")));
        assertArrayEquals(value, exchange.outBuffer.getBytes(Wire.OutHeader.BYTES, 3));
        assertError(
                Errno.ERANGE,
                dispatch(fileSystem, message(Opcode.GETXATTR).with32(2, 0).withName("user.a")));
        assertSuccess(15, dispatch(fileSystem, message(Opcode.LISTXATTR).with32(100, 0)));
        assertArrayEquals(
                "user.a\0user.bc\0".getBytes(StandardCharsets.US_ASCII),
                exchange.outBuffer.getBytes(Wire.OutHeader.BYTES, 15));
    }

    @Test
    void repliesNeverCarryWhatAnOlderOneHeld() {
        FuseFileSystem fileSystem = new FuseFileSystem() {
            @Override
            public void lookup(Request.Named request, Reply.Entry reply) {
                reply.entry().node(9, 0);
            }

            @Override
            public void readDirectory(FileRequest.Read request, DirectoryReply reply) {
                reply.add(FileName.of("a"), 1, 1, 8);
            }
        };
        byte[] dirt = new byte[4096];
        Arrays.fill(dirt, (byte) 0xff);
        exchange.body.putBytes(0, dirt, 0, dirt.length);
        assertSuccess(128, dispatch(fileSystem, message(Opcode.LOOKUP).withName("x")));
        byte[] expected = new byte[128];
        expected[0] = 9;
        assertArrayEquals(expected, exchange.body.getBytes(0, 128));

        exchange.body.putBytes(0, dirt, 0, dirt.length);
        assertSuccess(32, dispatch(fileSystem, message(Opcode.READDIR).with64(0, 0, 4096, 0, 0)));
        assertArrayEquals(new byte[] {'a', 0, 0, 0, 0, 0, 0, 0}, exchange.body.getBytes(24, 8));
    }

    @Test
    void aListingEndsWhereTheCallersRoomEnds() {
        FuseFileSystem fileSystem = new FuseFileSystem() {
            @Override
            public void readDirectory(FileRequest.Read request, DirectoryReply reply) {
                long next = request.offset() + 1;
                while (reply.add(FileName.of("entry" + next), next, next, 8)) {
                    next++;
                }
            }

            @Override
            public void readDirectoryPlus(FileRequest.Read request, DirectoryReply.Plus reply) {
                FileName name = FileName.of("entry");
                while (reply.hasRoomFor(name)) {
                    reply.addNode(name, 1, 1, 8).node(1, 0);
                }
                assertFalse(reply.add(name, 1, 1, 8));
            }
        };
        assertSuccess(96, dispatch(fileSystem, message(Opcode.READDIR).with64(0, 0, 127, 0, 0)));
        assertSuccess(128, dispatch(fileSystem, message(Opcode.READDIR).with64(0, 0, 128, 0, 0)));
        assertSuccess(320, dispatch(fileSystem, message(Opcode.READDIRPLUS).with64(0, 0, 479, 0, 0)));
        assertSuccess(480, dispatch(fileSystem, message(Opcode.READDIRPLUS).with64(0, 0, 480, 0, 0)));
    }

    @Test
    void copyRangeAnswersBothWidths() {
        FuseFileSystem fileSystem = new FuseFileSystem() {
            @Override
            public void copyRange(FileRequest.CopyRange request, Reply.Written reply) {
                reply.written(request.lengthBytes());
            }
        };
        long[] copy = {1, 0, 2, 3, 0, 5L << 32, 0};
        assertSuccess(8, dispatch(fileSystem, message(Opcode.COPY_FILE_RANGE).with64(copy)));
        assertEquals(0x7ffff000L, exchange.outBuffer.getLong(Wire.OutHeader.BYTES));
        assertSuccess(8, dispatch(fileSystem, message(Opcode.COPY_FILE_RANGE_64).with64(copy)));
        assertEquals(5L << 32, exchange.outBuffer.getLong(Wire.OutHeader.BYTES));
    }

    @Test
    void aPendingReplyIsInterruptedOnceAndAnsweredOnce() {
        List<PendingReply> pending = new ArrayList<>();
        List<String> interruptions = new ArrayList<>();
        FuseFileSystem fileSystem = new FuseFileSystem() {
            @Override
            public void setLockWaiting(FileRequest.Lock request, Reply.Later reply) {
                PendingReply later = reply.later();
                pending.add(later);
                later.onInterrupt(() -> {
                    interruptions.add("interrupted");
                    later.fail(Errno.EINTR);
                });
            }
        };
        assertEquals(
                Dispatcher.NO_REPLY, dispatch(fileSystem, message(Opcode.SETLKW).with64(1, 2, 0, 9, 1, 0)));
        assertEquals(List.of(), lateAnswers);

        Message interrupt = message(Opcode.INTERRUPT).with64(Message.UNIQUE);
        assertEquals(Dispatcher.NO_REPLY, dispatch(fileSystem, interrupt));
        assertEquals(List.of("42:4"), lateAnswers);
        assertEquals(List.of("interrupted"), interruptions);
        pending.getFirst().succeed();
        assertEquals(1, lateAnswers.size());
        assertError(Errno.EAGAIN, dispatch(fileSystem, message(Opcode.INTERRUPT).with64(Message.UNIQUE)));
    }

    @Test
    void aRequestThatIsBeingServedLearnsOfItsInterrupt() {
        interrupts.add(exchange);
        List<Boolean> seen = new ArrayList<>();
        FuseFileSystem fileSystem = new FuseFileSystem() {
            @Override
            public void sync(FileRequest.Sync request, Reply reply) {
                seen.add(request.isInterrupted());
                assertTrue(interrupts.interrupt(request.unique()));
                assertFalse(interrupts.interrupt(request.unique() + 1));
                seen.add(request.isInterrupted());
            }
        };
        dispatch(fileSystem, message(Opcode.FSYNC).with64(1, 0));
        assertEquals(List.of(false, true), seen);
        assertFalse(interrupts.interrupt(Message.UNIQUE));
    }
}
