/** OverlayFS as a mount: over FUSE, or by the kernel. */
module mille.mount {
    requires static transitive org.jspecify;
    requires transitive mille.overlay;
    requires transitive mille.fuse;

    exports mille.mount;
}
