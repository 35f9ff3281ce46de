/** The store, garbage collection, and running containers. */
module mille.engine {
    requires static transitive org.jspecify;
    requires transitive mille.overlay;
    requires transitive mille.mount;
    requires transitive mille.oci;
}
