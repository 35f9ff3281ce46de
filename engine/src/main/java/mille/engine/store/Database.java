package mille.engine.store;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.ReentrantLock;
import mille.engine.model.EngineException;
import mille.engine.model.EngineException.Reason;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/**
 * The store's SQLite file: write-ahead log, synced at each commit, shared by several processes.
 *
 * <p>One connection, used by one thread at a time; transactions are short. A transaction doesn't nest.
 */
final class Database implements AutoCloseable {
    /** How long a transaction waits for another process's. Each lasts milliseconds; a minute means that something hangs. */
    private static final int BUSY_TIMEOUT_MS = 60_000;

    private final Path file;
    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by {@link #lock}. */
    private final Connection connection;

    private Database(Path file, Connection connection) {
        this.file = file;
        this.connection = connection;
    }

    /** Opens or makes the file and brings its schema up to date. The caller lets no other process do the same at the same time. */
    static Database open(Path file, Path nativeLibraries) throws IOException {
        SqliteLibrary.useExtracted(nativeLibraries);
        try {
            Connection connection = connect(file);
            try {
                Schema.migrate(connection, file);
            } catch (SQLException | IOException e) {
                connection.close();
                throw e;
            }
            return new Database(file, connection);
        } catch (SQLException e) {
            throw failure(file, e);
        }
    }

    private static Connection connect(Path file) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_TIMEOUT_MS);
        Connection connection = config.createConnection("jdbc:sqlite:" + file);
        try (Statement statement = connection.createStatement()) {
            // Free pages go back to the file system at each commit: an emptied store is as small as a new one.
            statement.execute("PRAGMA auto_vacuum = FULL");
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = FULL");
            statement.execute("PRAGMA foreign_keys = ON");
        }
        return connection;
    }

    /** Several statements that see one state of the database. They change nothing. */
    <T extends @Nullable Object> T read(Transaction.Work<T> work) throws IOException {
        return run("BEGIN DEFERRED", work);
    }

    /** No other writer, in this process or another, is at work at the same time. What the work did is on disk when this returns. */
    <T extends @Nullable Object> T write(Transaction.Work<T> work) throws IOException {
        return run("BEGIN IMMEDIATE", work);
    }

    /** As {@link #write}, without a result. */
    void change(Transaction.Change change) throws IOException {
        this.<@Nullable Void>write(transaction -> {
            change.in(transaction);
            return null;
        });
    }

    private <T extends @Nullable Object> T run(String begin, Transaction.Work<T> work) throws IOException {
        lock.lock();
        try (Statement statement = connection.createStatement()) {
            if (lock.getHoldCount() > 1) {
                throw new IllegalStateException("a transaction within a transaction");
            }
            statement.execute(begin);
            boolean done = false;
            try {
                T result = work.in(new Transaction(connection));
                statement.execute("COMMIT");
                done = true;
                return result;
            } finally {
                if (!done) {
                    rollBack(statement);
                }
            }
        } catch (SQLException e) {
            throw failure(file, e);
        } finally {
            lock.unlock();
        }
    }

    /** SQLite has rolled back already after some errors, and then says so: that is what we wanted. */
    private static void rollBack(Statement statement) {
        try {
            statement.execute("ROLLBACK");
        } catch (SQLException ignored) {
            // the error that led here is the one to report
        }
    }

    private static IOException failure(Path file, SQLException cause) {
        return new EngineException(
                Reason.DAMAGED, "the store's database " + file + " failed: " + cause.getMessage(), cause);
    }

    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            connection.close();
        } catch (SQLException e) {
            throw failure(file, e);
        } finally {
            lock.unlock();
        }
    }
}
