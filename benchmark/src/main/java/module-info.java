/** Runs our mount beside its peers, on the same layers, and compares. */
module mille.benchmark {
    requires static transitive org.jspecify;
    requires mille.testkit;
    requires com.google.gson;
    requires info.picocli;

    opens mille.benchmark to
            info.picocli;
}
