package mille.mount;

import java.io.IOException;

/** Nothing is different for users where owners and modes are kept in attributes. */
final class AttributeOwnersContractTest extends FuseOverlayContract {
    AttributeOwnersContractTest() throws IOException {
        super(new FuseDriver("transport=dev,xattr_permissions=2"));
    }
}
