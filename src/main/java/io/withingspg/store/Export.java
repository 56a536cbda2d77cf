package io.withingspg.store;

import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.list;
import static org.jooq.impl.DSL.select;

import io.withingspg.store.Catalogue.Column;
import io.withingspg.store.Catalogue.Relation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Query;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.postgresql.PGConnection;

/** Writes everything about a person to files: one CSV for each table, what the columns mean, and how to load it again. */
public final class Export {
    /** Secrets, what is true of this installation at this moment only, and what is worked out from the rest. */
    private static final Set<String> WITHHELD = Set.of(
            "sync.token", "sync.oauth_state", "sync.invitation", "sync.lease", "sync.day_summary", "sync.summary_due");

    /** As {@code analytics.data_dictionary}, for the exported columns, and for {@code sync} too. */
    private static final String DICTIONARY = """
            SELECT n.nspname AS schema_name, c.relname AS table_name, a.attnum AS column_position,
                a.attname AS column_name, format_type(a.atttypid, a.atttypmod) AS data_type,
                NOT a.attnotnull AS nullable, col_description(c.oid, a.attnum) AS description,
                obj_description(c.oid, 'pg_class') AS table_description
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
            WHERE n.nspname || '.' || c.relname IN ({0})
              AND a.attnum > 0 AND NOT a.attisdropped AND a.attidentity = '' AND a.attgenerated = ''
            ORDER BY 1 DESC, 2, 3
            """;

    /** For so long a folder may make us wait, on a network for one. Nobody waits for us: it only reads. */
    private static final Duration DISK_MAX = Duration.ofMinutes(5);

    private final DSLContext sql;

    public Export(DSLContext sql) {
        this.sql = sql;
    }

    /**
     * All files show the same moment. However much there is, little of it is in memory at once.
     *
     * @return rows of each CSV file that holds the person's data
     * @throws UncheckedIOException where the folder takes no more; then nothing is left in it
     */
    public SortedMap<String, Long> write(long userId, ExportFolder folder, Instant now) {
        try {
            return sql.transactionResult(transaction -> {
                var tx = transaction.dsl();
                tx.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
                tx.execute("SET LOCAL TIME ZONE 'UTC'");
                Transaction.mayIdle(tx, DISK_MAX);
                return tx.connectionResult(connection -> write(userId, folder, now, tx, connection));
            });
        } catch (RuntimeException e) {
            folder.discard();
            throw e;
        }
    }

    private static SortedMap<String, Long> write(
            long userId, ExportFolder folder, Instant now, DSLContext tx, Connection connection) {
        var everything = Catalogue.childrenFirst(tx).reversed();
        var tables = only(everything, table -> table.has("user_id") && !WITHHELD.contains(table.label()));
        var codes = only(everything, table -> table.schema().equals("withings") && !table.has("user_id"));
        var rows = new TreeMap<String, Long>();
        for (var table : tables) {
            var of = select(exported(table))
                    .from(table.reference())
                    .where(DSL.field(DSL.name("user_id")).eq(inline(userId)))
                    .orderBy(key(table));
            rows.put(file(table), copy(connection, tx, of, folder, file(table)));
        }
        for (var table : codes) {
            var all = select(exported(table)).from(table.reference()).orderBy(key(table));
            copy(connection, tx, all, folder, "codes/" + file(table));
        }
        var described = Stream.concat(tables.stream(), codes.stream())
                .map(table -> inline(table.label()))
                .toList();
        copy(connection, tx, tx.resultQuery(DICTIONARY, list(described)), folder, "dictionary.csv");
        text(folder, "load.sql", load(userId, now, tables));
        return rows;
    }

    private static List<Relation> only(List<Relation> tables, Predicate<Relation> wanted) {
        return tables.stream().filter(wanted).toList();
    }

    private static String file(Relation table) {
        return table.label() + ".csv";
    }

    /** What the database makes by itself, it makes again when the file is loaded. */
    private static List<Field<Object>> exported(Relation table) {
        return table.columns().stream()
                .filter(column -> !column.made())
                .map(Column::field)
                .toList();
    }

    private static List<Field<Object>> key(Relation table) {
        return table.key().stream().map(Column::field).toList();
    }

    private static long copy(Connection connection, DSLContext tx, Query query, ExportFolder folder, String name) {
        var statement = "COPY (" + tx.renderInlined(query) + ") TO STDOUT WITH (FORMAT csv, HEADER true)";
        try (var out = folder.create(name)) {
            return connection.unwrap(PGConnection.class).getCopyAPI().copyOut(statement, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new DataAccessException(statement, e);
        }
    }

    private static void text(ExportFolder folder, String name, String text) {
        try (var out = folder.create(name)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Parents before children. A header that does not fit the table stops it, as does any other error. */
    private static String load(long userId, Instant now, List<Relation> tables) {
        return """
                -- What withings-postgres held about Withings user %d at %s, to be loaded into another database:
                --   1. Make an empty database and let the same version of withings-postgres make its tables:
                --      DATABASE_URL=postgres://user:password@host/database ./withings migrate
                --   2. In the folder of this file: psql -d postgres://user:password@host/database -f load.sql
                -- All of it is loaded, or nothing. Tokens are no part of it: to sync the person there, let the person consent.
                \\set ON_ERROR_STOP on
                SET client_encoding = 'UTF8';
                BEGIN;
                %sCOMMIT;
                """.formatted(
                        userId,
                        now.truncatedTo(ChronoUnit.SECONDS),
                        tables.stream().map(Export::load).collect(Collectors.joining()));
    }

    private static String load(Relation table) {
        var columns = exported(table).stream().map(Field::toString).collect(Collectors.joining(", "));
        // What was detached here goes back among the others.
        var into = table.schema().equals("partition")
                ? DSL.table(DSL.name("withings", table.table().replaceFirst("_[0-9]{4}_detached.*", "")))
                : table.reference();
        return "\\copy %s (%s) FROM '%s' WITH (FORMAT csv, HEADER match)\n".formatted(into, columns, file(table));
    }
}
