package mille.testkit;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import mille.linux.ThreadCredentials;

/**
 * Somebody who uses a file system: a user, a group, a umask. What is done as one runs in a thread of its own that ends afterwards, so that
 * nothing of it sticks to the test's thread.
 *
 * <p>A user other than root has none of the rights that root has, and is in no group but its own.
 */
public record Caller(int uid, int gid, int umask) {
    public static final Caller ROOT = new Caller(0, 0, 022);

    /** A user who owns nothing that a test doesn't give to it. */
    public static final Caller ALICE = new Caller(12_001, 12_001, 022);

    public static final Caller BOB = new Caller(12_002, 12_002, 022);

    /** What is done as a caller. */
    @FunctionalInterface
    public interface Task<T> {
        T run() throws IOException;
    }

    /** What is done as a caller, without an answer. */
    @FunctionalInterface
    public interface Action {
        void run() throws IOException;
    }

    public Caller withUmask(int other) {
        return new Caller(uid, gid, other);
    }

    public Caller withGroup(int other) {
        return new Caller(uid, other, umask);
    }

    public void does(Action action) throws IOException {
        gets(() -> {
            action.run();
            return true;
        });
    }

    public <T> T gets(Task<T> task) throws IOException {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Thread.ofPlatform().name("caller-" + uid).start(() -> {
            try {
                become();
                answer.complete(task.run());
            } catch (Throwable thrown) {
                answer.completeExceptionally(thrown);
            }
        });
        try {
            return answer.join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case IOException failure -> throw failure;
                case RuntimeException failure -> throw failure;
                case Error failure -> throw failure;
                case null, default -> throw new AssertionError(e);
            }
        }
    }

    private void become() throws IOException {
        ThreadCredentials.ownUmask();
        ThreadCredentials.setUmask(umask);
        ThreadCredentials.dropSupplementaryGroups();
        ThreadCredentials.setFileSystemGroup(gid);
        ThreadCredentials.setFileSystemUser(uid);
        if (uid != 0) {
            ThreadCredentials.dropCapabilities();
        }
    }
}
