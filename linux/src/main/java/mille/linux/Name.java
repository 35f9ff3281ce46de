package mille.linux;

/** What a {@code *at} system call takes beside a directory's descriptor: one name, or several joined by slashes. */
public sealed interface Name permits FileName, RelativePath {

    /** The bytes as the kernel takes them, without the closing NUL. The array is the value's own: don't change it. */
    byte[] bytes();
}
