package mille.linux;

import org.jspecify.annotations.Nullable;

/**
 * A daemon thread that lives for system calls. What each call needs is a field of the thread, which is found sooner than in a map of
 * {@link ThreadLocal}s.
 */
public final class SystemCallThread extends Thread {
    private @Nullable Scratch scratch; // made by the thread itself, and used by no other

    public SystemCallThread(String name, Runnable task) {
        super(null, task, name);
        setDaemon(true);
    }

    Scratch scratch() {
        Scratch made = scratch;
        if (made == null) {
            made = new Scratch();
            scratch = made;
        }
        return made;
    }
}
