import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Gives the classes of some jars the format that Java has had since version 6: with stack maps. Older ones, such as picocli's, which are made for
 * Java 5, are left out of the start-up cache, and loading and verifying them took a quarter of a start (JVMS 4.10.1; JEP 483).
 *
 * <p>Called by the launcher after a build: {@code java ModernClasses.java JAR...}
 */
final class ModernClasses {
    private ModernClasses() {}

    public static void main(String[] jars) throws IOException {
        for (String jar : jars) {
            Path path = Path.of(jar);
            if (hasOldClasses(path)) {
                rewrite(path);
            }
        }
    }

    private static boolean hasOldClasses(Path jar) throws IOException {
        try (ZipFile in = new ZipFile(jar.toFile())) {
            return in.stream().anyMatch(entry -> isOld(entry, read(in, entry)));
        }
    }

    private static void rewrite(Path jar) throws IOException {
        Path made = jar.resolveSibling(jar.getFileName() + ".new");
        try (URLClassLoader classes = new URLClassLoader(new URL[] {jar.toUri().toURL()});
                ZipFile in = new ZipFile(jar.toFile());
                OutputStream file = Files.newOutputStream(made);
                ZipOutputStream out = new ZipOutputStream(file)) {
            ClassFile format = ClassFile.of(
                    StackMapsOption.GENERATE_STACK_MAPS,
                    ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofClassLoading(classes)));
            for (ZipEntry entry : in.stream().toList()) {
                byte[] content = read(in, entry);
                out.putNextEntry(new ZipEntry(entry.getName()));
                out.write(isOld(entry, content) ? modern(format, content) : content);
                out.closeEntry();
            }
        }
        Files.move(made, jar, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** The same class, with methods made anew instruction by instruction, which is when stack maps are made. */
    private static byte[] modern(ClassFile format, byte[] old) {
        ClassTransform version = (builder, element) -> {
            if (element instanceof ClassFileVersion) {
                builder.withVersion(ClassFile.JAVA_6_VERSION, 0);
            } else {
                builder.with(element);
            }
        };
        ClassTransform methods = ClassTransform.transformingMethodBodies(CodeTransform.ofStateful(() -> CodeBuilder::with));
        return format.transformClass(format.parse(old), version.andThen(methods));
    }

    private static boolean isOld(ZipEntry entry, byte[] content) {
        return entry.getName().endsWith(".class")
                && (Byte.toUnsignedInt(content[6]) << 8 | Byte.toUnsignedInt(content[7])) < ClassFile.JAVA_6_VERSION;
    }

    private static byte[] read(ZipFile in, ZipEntry entry) {
        try (var content = in.getInputStream(entry)) {
            return content.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
