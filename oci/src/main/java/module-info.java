/** OCI formats, layer tars and registries. */
module mille.oci {
    requires static transitive org.jspecify;
}
