/** OCI formats, layer tars and registries: pure formats and transports, with no idea of where things are stored. */
module mille.oci {
    requires static transitive org.jspecify;
    requires com.github.luben.zstd_jni;
    requires com.google.gson;
    requires java.net.http;

    exports mille.oci;
    exports mille.oci.blob;
    exports mille.oci.registry;
    exports mille.oci.source;
    exports mille.oci.tar;
}
