package mille.engine.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import mille.engine.model.EngineException;
import mille.engine.model.EngineException.Reason;

/** The tables, and how an older store becomes a newer one. {@code PRAGMA user_version} counts the migrations that a file has seen. */
final class Schema {
    /** One text a version, in order. A text that has been released never changes; a change is a further text. */
    private static final List<String> MIGRATIONS = List.of("""
            CREATE TABLE blob (
              digest TEXT PRIMARY KEY,
              size_bytes INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE layer (
              chain_id TEXT PRIMARY KEY,
              diff_id TEXT NOT NULL,
              parent TEXT REFERENCES layer (chain_id),
              directory TEXT NOT NULL UNIQUE,
              link TEXT NOT NULL UNIQUE,
              size_bytes INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX layer_by_parent ON layer (parent);

            CREATE TABLE image (
              id TEXT PRIMARY KEY,
              manifest TEXT NOT NULL,
              top_layer TEXT REFERENCES layer (chain_id),
              platform TEXT NOT NULL,
              created TEXT NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX image_by_top_layer ON image (top_layer);

            CREATE TABLE image_blob (
              image TEXT NOT NULL REFERENCES image (id) ON DELETE CASCADE,
              digest TEXT NOT NULL REFERENCES blob (digest),
              PRIMARY KEY (image, digest)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX image_blob_by_digest ON image_blob (digest);

            CREATE TABLE image_name (
              name TEXT PRIMARY KEY,
              kind TEXT NOT NULL CHECK (kind IN ('tag', 'digest')),
              image TEXT NOT NULL REFERENCES image (id) ON DELETE CASCADE
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX image_name_by_image ON image_name (image);

            CREATE TABLE container (
              id TEXT PRIMARY KEY,
              name TEXT NOT NULL UNIQUE,
              image TEXT NOT NULL,
              image_name TEXT NOT NULL,
              top_layer TEXT REFERENCES layer (chain_id),
              link TEXT NOT NULL UNIQUE,
              init_link TEXT NOT NULL UNIQUE,
              created TEXT NOT NULL,
              status TEXT NOT NULL,
              pid INTEGER NOT NULL,
              exit_code INTEGER NOT NULL,
              started TEXT,
              finished TEXT,
              error TEXT NOT NULL,
              config TEXT NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX container_by_image ON container (image);
            CREATE INDEX container_by_top_layer ON container (top_layer);

            CREATE TABLE lease (
              session TEXT NOT NULL,
              kind TEXT NOT NULL CHECK (kind IN ('blob', 'layer')),
              key TEXT NOT NULL,
              PRIMARY KEY (session, kind, key)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX lease_by_key ON lease (kind, key);
            """);

    private Schema() {}

    static int version() {
        return MIGRATIONS.size();
    }

    /** Each migration is one transaction with its version number: a crash leaves the file at one version or the next. */
    static void migrate(Connection connection, Path file) throws SQLException, EngineException {
        try (Statement statement = connection.createStatement()) {
            int seen = versionOf(statement);
            if (seen > MIGRATIONS.size()) {
                throw new EngineException(
                        Reason.DAMAGED,
                        "the store's database " + file + " has version " + seen
                                + ", and this Mille knows versions up to " + MIGRATIONS.size()
                                + ": use the Mille that made it, or another --root");
            }
            for (int version = seen; version < MIGRATIONS.size(); version++) {
                statement.execute("BEGIN IMMEDIATE");
                statement.executeUpdate(MIGRATIONS.get(version));
                statement.execute("PRAGMA user_version = " + (version + 1));
                statement.execute("COMMIT");
            }
        }
    }

    private static int versionOf(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("PRAGMA user_version")) {
            return row.getInt(1);
        }
    }
}
