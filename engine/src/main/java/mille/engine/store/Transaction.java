package mille.engine.store;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Statements within one transaction of the {@link Database}. Good until the transaction's work returns. */
final class Transaction {
    /** What is done in one transaction; an exception rolls it back. */
    interface Work<T extends @Nullable Object> {
        T in(Transaction transaction) throws SQLException, IOException;
    }

    /** What is done in one transaction and has no result. */
    interface Change {
        void in(Transaction transaction) throws SQLException, IOException;
    }

    /** Makes a value of the row that the result set stands on. */
    interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private final Connection connection;

    Transaction(Connection connection) {
        this.connection = connection;
    }

    /**
     * @param arguments strings, longs, ints or nulls for the question marks
     * @return how many rows it changed
     */
    int update(String sql, @Nullable Object... arguments) throws SQLException {
        try (PreparedStatement statement = prepare(sql, arguments)) {
            return statement.executeUpdate();
        }
    }

    <T> List<T> list(RowReader<T> reader, String sql, @Nullable Object... arguments) throws SQLException {
        try (PreparedStatement statement = prepare(sql, arguments);
                ResultSet rows = statement.executeQuery()) {
            List<T> values = new ArrayList<>();
            while (rows.next()) {
                values.add(reader.read(rows));
            }
            return values;
        }
    }

    List<String> strings(String sql, @Nullable Object... arguments) throws SQLException {
        return list(row -> row.getString(1), sql, arguments);
    }

    /** The first row's value, or null where there is no row. */
    <T> @Nullable T first(RowReader<T> reader, String sql, @Nullable Object... arguments) throws SQLException {
        List<T> all = list(reader, sql, arguments);
        return all.isEmpty() ? null : all.getFirst();
    }

    boolean exists(String sql, @Nullable Object... arguments) throws SQLException {
        try (PreparedStatement statement = prepare(sql, arguments);
                ResultSet rows = statement.executeQuery()) {
            return rows.next();
        }
    }

    private PreparedStatement prepare(String sql, @Nullable Object... arguments) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < arguments.length; i++) {
            statement.setObject(i + 1, arguments[i]);
        }
        return statement;
    }
}
