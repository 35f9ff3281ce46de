package mille.fuse.examples;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import mille.fuse.AttributeFields;
import mille.fuse.DirectoryReply;
import mille.fuse.FileRequest;
import mille.fuse.FuseFileSystem;
import mille.fuse.FuseMountOptions;
import mille.fuse.FuseSession;
import mille.fuse.Reply;
import mille.fuse.Request;
import mille.fuse.SessionOptions;
import mille.linux.DirectoryReader;
import mille.linux.Errno;
import mille.linux.ErrnoException;
import mille.linux.FileName;
import mille.linux.Stat;

/** One directory with one file that can be read: the smallest file system that is of use. */
public final class HelloFileSystem implements FuseFileSystem {
    private static final long HELLO_NODE = 2;
    private static final FileName NAME = FileName.of("hello.txt");
    private static final byte[] TEXT = "Hello from Java\n".getBytes(StandardCharsets.UTF_8);

    /** Mounts it at the directory that is given, until somebody unmounts it. */
    public static void main(String[] arguments) throws Exception {
        try (FuseSession session = FuseSession.mount(
                new HelloFileSystem(),
                Path.of(arguments[0]),
                FuseMountOptions.of("hello"),
                SessionOptions.defaults())) {
            session.awaitEnd();
        }
    }

    @Override
    public void lookup(Request.Named request, Reply.Entry reply) throws ErrnoException {
        if (request.nodeId() == Request.ROOT_NODE && request.name().equals(NAME)) {
            describe(
                    HELLO_NODE,
                    reply.entry()
                            .node(HELLO_NODE, 0)
                            .validFor(Reply.FOREVER, Reply.FOREVER)
                            .attributes());
        } else {
            reply.absent(Reply.FOREVER);
        }
    }

    @Override
    public void getAttributes(Request.AttributeQuery request, Reply.Attributes reply) {
        describe(request.nodeId(), reply.attributes(Reply.FOREVER));
    }

    private static void describe(long node, AttributeFields attributes) {
        if (node == Request.ROOT_NODE) {
            attributes.inode(node).mode(Stat.S_IFDIR | 0755).linkCount(2);
        } else {
            attributes.inode(node).mode(Stat.S_IFREG | 0444).linkCount(1).size(TEXT.length, 1, 0);
        }
    }

    @Override
    public void read(FileRequest.Read request, Reply.Data reply) {
        int from = (int) Math.min(request.offset(), TEXT.length);
        int to = Math.min(from + request.sizeBytes(), TEXT.length);
        reply.put(Arrays.copyOfRange(TEXT, from, to));
    }

    @Override
    public void readDirectory(FileRequest.Read request, DirectoryReply reply) {
        if (request.offset() == 0) {
            reply.add(NAME, HELLO_NODE, 1, DirectoryReader.DT_REG);
        }
    }

    @Override
    public void write(FileRequest.Write request, Reply.Written reply) {
        reply.fail(Errno.EROFS);
    }
}
