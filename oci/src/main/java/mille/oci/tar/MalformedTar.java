package mille.oci.tar;

/** Why a tar can't be right; the reader adds where. */
final class MalformedTar extends Exception {
    private static final long serialVersionUID = 1;

    MalformedTar(String reason) {
        super(reason);
    }
}
