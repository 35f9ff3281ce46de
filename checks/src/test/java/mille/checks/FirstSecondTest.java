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

/** A mount's first second counts: no request is to wait until the JDK has made classes that no start-up cache holds. */
class FirstSecondTest {
    private static final String SWITCHES_OVER_PATTERNS = "java/lang/runtime/SwitchBootstraps";

    @ParameterizedTest
    @ValueSource(strings = {"linux", "fuse", "overlay", "mount"})
    void whereRequestsAreServedNoSwitchIsOverPatterns(String module) throws IOException {
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
                                .equals(SWITCHES_OVER_PATTERNS)) {
                            found.add(model.thisClass().asInternalName());
                        }
                    }));
        }
        assertEquals(
                List.of(),
                found,
                "say it with instanceof: such a switch makes a dozen classes when it is first reached");
    }
}
