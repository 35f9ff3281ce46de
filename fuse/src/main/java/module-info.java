/** The FUSE kernel protocol on /dev/fuse. */
module mille.fuse {
    requires static transitive org.jspecify;
    requires transitive mille.linux;

    exports mille.fuse;
}
