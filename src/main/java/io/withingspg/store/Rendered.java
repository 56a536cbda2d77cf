package io.withingspg.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jooq.DSLContext;
import org.jooq.JSONB;
import org.jooq.Query;
import org.jooq.SQLDialect;
import org.jooq.conf.Settings;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * A statement whose text is made once, for those that run for every page or every visit: to build and render one takes longer
 * than PostgreSQL takes to run it.
 */
final class Rendered {
    private static final String MARK = "§"; // in no statement of ours
    private static final Pattern PARAMETER = Pattern.compile(MARK + "(\\w+)");

    /** @param parameters names, in their order in the text */
    private record Text(String sql, List<String> parameters) {}

    private final Supplier<? extends Query> query;
    private volatile @Nullable Text text;

    /** @param query made at the first call; its parameters have names, and what never changes is inlined */
    Rendered(Supplier<? extends Query> query) {
        this.query = query;
    }

    /** Reads the rows of an answer. */
    interface Reading<T> {
        T read(ResultSet rows) throws SQLException;
    }

    /** @return the number of rows, which on a distributed table may be anything */
    int execute(DSLContext tx, Map<String, ? extends @Nullable Object> values) {
        return run(tx, values, PreparedStatement::executeUpdate);
    }

    <T> T fetch(DSLContext tx, Map<String, ? extends @Nullable Object> values, Reading<T> reading) {
        return run(tx, values, statement -> {
            try (var rows = statement.executeQuery()) {
                return reading.read(rows);
            }
        });
    }

    private interface Act<T> {
        T run(PreparedStatement statement) throws SQLException;
    }

    private <T> T run(DSLContext tx, Map<String, ? extends @Nullable Object> values, Act<T> act) {
        var rendered = rendered();
        return tx.connectionResult(connection -> {
            try (var statement = connection.prepareStatement(
                    rendered.sql, ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY)) {
                var at = 1;
                for (var parameter : rendered.parameters) {
                    bind(connection, statement, at++, values.get(parameter));
                }
                return act.run(statement);
            }
        });
    }

    private Text rendered() {
        var made = text;
        if (made == null) {
            made = render(query.get());
            text = made;
        }
        return made;
    }

    private static Text render(Query query) {
        var named = DSL.using(SQLDialect.POSTGRES, new Settings().withRenderNamedParamPrefix(MARK))
                .renderNamedParams(query);
        var parameters = new ArrayList<String>();
        var sql = PARAMETER.matcher(named).replaceAll(found -> {
            var name = found.group(1);
            if (name.matches("[0-9]+")) {
                throw new IllegalStateException("a value without a name, which would be lost: inline it. " + named);
            }
            parameters.add(name);
            return "?";
        });
        return new Text(sql, List.copyOf(parameters));
    }

    private static void bind(Connection connection, PreparedStatement statement, int at, @Nullable Object value)
            throws SQLException {
        switch (value) {
            case null -> statement.setNull(at, Types.NULL);
            case Long number -> statement.setLong(at, number);
            case Integer number -> statement.setInt(at, number);
            case String string -> statement.setString(at, string);
            case Boolean flag -> statement.setBoolean(at, flag);
            case byte[] bytes -> statement.setBytes(at, bytes);
            case Instant instant -> statement.setObject(at, instant.atOffset(ZoneOffset.UTC));
            case LocalDate day -> statement.setObject(at, day);
            case UUID id -> statement.setObject(at, id);
            case JSONB json -> statement.setObject(at, json.data(), Types.OTHER);
            case Object[] values -> statement.setArray(at, BinaryArray.of(connection, values));
            default -> throw new IllegalArgumentException(value.getClass() + " is not bound here");
        }
    }

    /** A column that is not null, of the row at which the answer stands, as the type that jOOQ gives it. */
    static Object value(ResultSet rows, int column, Class<?> type) throws SQLException {
        if (type == Long.class) {
            return rows.getLong(column);
        }
        if (type == Integer.class) {
            return rows.getInt(column);
        }
        return Objects.requireNonNull(type == Instant.class ? instant(rows, column) : rows.getObject(column, type));
    }

    static @Nullable Instant instant(ResultSet rows, int column) throws SQLException {
        var at = rows.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }
}
