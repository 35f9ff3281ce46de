/** The mille command. */
module mille.cli {
    requires static transitive org.jspecify;
    requires mille.engine;
    requires info.picocli;
    requires me.tongfei.progressbar;

    opens mille.cli to
            info.picocli;
}
