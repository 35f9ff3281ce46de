package mille.testkit.contract;

import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/**
 * What every writable file system does, chapter by chapter. A subclass mounts one (in a field that JUnit closes: there is one instance for
 * the whole suite) and says where; the suite runs as root.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class FileSystemContract {

    /** For subclasses, which mount in a field's initializer or in their own constructor. */
    protected FileSystemContract() {}

    /** A directory of the mounted file system that can be written to. */
    protected abstract Path root();

    @Nested
    class Opening extends OpenContract {
        Opening() {
            super(root());
        }
    }

    @Nested
    class FileContent extends DataContract {
        FileContent() {
            super(root());
        }
    }

    @Nested
    class SpecialAccess extends AccessContract {
        SpecialAccess() {
            super(root());
        }
    }

    @Nested
    class Directories extends DirectoryContract {
        Directories() {
            super(root());
        }
    }

    @Nested
    class NamesAndLinks extends LinkContract {
        NamesAndLinks() {
            super(root());
        }
    }

    @Nested
    class Renames extends RenameContract {
        Renames() {
            super(root());
        }
    }

    @Nested
    class Attributes extends AttributeContract {
        Attributes() {
            super(root());
        }
    }

    @Nested
    class Permissions extends PermissionContract {
        Permissions() {
            super(root());
        }
    }

    @Nested
    class ExtendedAttributes extends XattrContract {
        ExtendedAttributes() {
            super(root());
        }
    }

    @Nested
    class Locks extends LockContract {
        Locks() {
            super(root());
        }
    }

    @Nested
    class ManyAtOnce extends ConcurrencyContract {
        ManyAtOnce() {
            super(root());
        }
    }
}
