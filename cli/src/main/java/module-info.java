/** The mille command. */
module mille.cli {
    requires static transitive org.jspecify;
    requires mille.engine;
}
