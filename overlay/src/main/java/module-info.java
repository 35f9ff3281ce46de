/** Union semantics over layers, with no transport. */
module mille.overlay {
    requires static transitive org.jspecify;
    requires transitive mille.linux;
    requires jdk.jfr;

    exports mille.overlay;
    exports mille.overlay.changes;
}
