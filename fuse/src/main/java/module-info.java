/**
 * The FUSE kernel protocol on {@code /dev/fuse}, for anyone who writes a file system in Java: no C library, no JNI.
 *
 * <p>A file system implements {@link mille.fuse.FuseFileSystem}, as much of it as it can do, and is mounted by
 * {@link mille.fuse.FuseSession#mount}. This one has nothing but a root directory:
 *
 * <pre>{@code
 * class EmptyFileSystem implements FuseFileSystem {
 *     public void lookup(Request.Named request, Reply.Entry reply) {
 *         reply.absent(Reply.FOREVER);
 *     }
 *
 *     public void getAttributes(Request.AttributeQuery request, Reply.Attributes reply) {
 *         reply.attributes(Reply.FOREVER).inode(1).mode(Stat.S_IFDIR | 0755).linkCount(2);
 *     }
 *
 *     public void readDirectory(FileRequest.Read request, DirectoryReply reply) {
 *         // nothing is added: the listing is at its end
 *     }
 * }
 *
 * FuseSession session = FuseSession.mount(
 *         new EmptyFileSystem(), Path.of("/mnt"), FuseMountOptions.of("empty"), SessionOptions.defaults());
 * session.awaitEnd();
 * }</pre>
 *
 * <p>One with a file that can be read, {@code HelloFileSystem}, is among the module's tests. The mounter is root (CAP_SYS_ADMIN).
 */
module mille.fuse {
    requires static transitive org.jspecify;
    requires transitive mille.linux;
    requires jdk.jfr;

    exports mille.fuse;
}
