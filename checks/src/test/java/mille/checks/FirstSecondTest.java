package mille.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A mount's first second counts: no request is to wait until the JDK has made classes that no start-up cache holds, or until the JVM has compiled
 * what isn't called.
 */
class FirstSecondTest {
    @ParameterizedTest
    @ValueSource(strings = {"linux", "fuse", "overlay", "mount"})
    void whereRequestsAreServedNoSwitchIsOverPatterns(String module) throws IOException {
        assertEquals(
                List.of(),
                classesThatLinkBy("java/lang/runtime/SwitchBootstraps", module),
                "say it with instanceof: such a switch makes a dozen classes when it is first reached");
    }

    @ParameterizedTest
    @ValueSource(strings = {"linux", "fuse", "overlay", "mount"})
    void whereRequestsAreServedStringsAreJoinedByCode(String module) throws IOException {
        assertEquals(
                List.of(),
                classesThatLinkBy("java/lang/invoke/StringConcatFactory", module),
                "compile with -XDstringConcat=inline: what joins strings otherwise is compiled into each caller");
    }

    private static List<String> classesThatLinkBy(String factory, String module) throws IOException {
        Path classes = CodeBase.root().resolve(module).resolve("target/classes");
        List<Path> all = CodeBase.files(classes, name -> name.endsWith(".class"));
        assertFalse(all.isEmpty(), () -> "nothing is compiled in " + classes);
        List<String> found = new ArrayList<>();
        for (Path file : all) {
            ClassModel model = ClassFile.of().parse(file);
            model.findAttribute(Attributes.bootstrapMethods())
                    .ifPresent(methods -> methods.bootstrapMethods().forEach(method -> {
                        if (method.bootstrapMethod()
                                .reference()
                                .owner()
                                .asInternalName()
                                .equals(factory)) {
                            found.add(model.thisClass().asInternalName());
                        }
                    }));
        }
        return found;
    }
}
