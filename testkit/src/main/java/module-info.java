/** The file system contract, tree comparison and mount fixtures that tests share. */
module mille.testkit {
    requires java.management;
    requires static transitive org.jspecify;
    requires transitive mille.linux;
    requires transitive org.junit.jupiter.api;

    exports mille.testkit;
    exports mille.testkit.contract;
    exports mille.testkit.differential;
}
