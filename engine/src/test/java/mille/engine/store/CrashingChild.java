package mille.engine.store;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import mille.engine.model.AbandonedContainers;
import mille.engine.model.NewContainer;

/**
 * A process that fills a store or empties it, and halts at the n-th step: {@code ROOT fill|empty N}. It exits with {@link #HALTED} then, and
 * with 0 where it came to its end.
 */
final class CrashingChild {
    static final int HALTED = 77;

    private CrashingChild() {}

    public static void main(String[] arguments) throws IOException {
        AtomicInteger left = new AtomicInteger(Integer.parseInt(arguments[2]));
        Step.Observer crash = step -> {
            if (left.decrementAndGet() == 0) {
                System.out.println(step);
                System.out.flush();
                Runtime.getRuntime().halt(HALTED);
            }
        };
        try (Store store = Store.open(Path.of(arguments[0]), crash)) {
            store.sweep(AbandonedContainers.NONE);
            if (arguments[1].equals("fill")) {
                fill(store);
            } else {
                empty(store);
            }
        }
    }

    static void fill(Store store) throws IOException {
        new StoredImages(store).make("one", "base", "app");
        try (Session session = store.beginSession()) {
            store.containers().create(session, new NewContainer("c1", "one", new JsonObject()));
        }
    }

    static void empty(Store store) throws IOException {
        try (LockedContainer claim = store.containers().claim(store.containers().get("c1"))) {
            store.removeContainer(claim);
        }
        store.removeImage("one", false);
    }
}
