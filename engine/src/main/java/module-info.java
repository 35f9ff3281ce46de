/** The store, garbage collection, and running containers. */
module mille.engine {
    requires static transitive org.jspecify;
    requires transitive com.google.gson;
    requires transitive mille.overlay;
    requires transitive mille.mount;
    requires transitive mille.oci;
    requires java.sql;
    requires org.xerial.sqlitejdbc;

    exports mille.engine;
    exports mille.engine.model;
    exports mille.engine.run;
}
