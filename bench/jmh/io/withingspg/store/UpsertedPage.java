package io.withingspg.store;

import io.withingspg.config.Settings;
import io.withingspg.resource.Normalised;
import io.withingspg.resource.NormalisedPage;
import io.withingspg.resource.Resource.Fields;
import io.withingspg.resource.Resources;
import io.withingspg.resource.Span;
import io.withingspg.resource.Target;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jooq.DSLContext;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The rows of 100 records, into the tables. */
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class UpsertedPage {
    private static final long KNOWN = 1;
    private static final long NEW = 2;

    @Param({"measures", "activity", "workouts", "sleep", "heart"})
    public String resource;

    private Database database;
    private DSLContext sql;
    private List<Target> targets;
    private Normalised page;
    /** As a process has it: what it told of once, it does not look up again. */
    private final Drift.Known told = new Drift.Known();

    @Setup
    public void open() throws IOException {
        database = Database.open(
                Settings.of(Map.of("DATABASE_URL", System.getProperty("bench.database")), Resources.names())
                        .database());
        sql = database.sql();
        targets = Resources.named(resource).orElseThrow().targets();
        page = NormalisedPage.of(resource);
        known();
    }

    @TearDown
    public void close() {
        database.close();
    }

    private Counts write(DSLContext tx, long userId) {
        return new PageWriter(tx, userId, resource, told, Instant.now())
                .write(targets, page, PageWriter.Extent.of(new Span.Everything(), Fields.ALL));
    }

    /** All of it stands there already. */
    @Benchmark
    public Counts known() {
        return Transaction.result(sql, tx -> write(tx, KNOWN));
    }

    /** All of it is new; it is taken back each time. */
    @Benchmark
    public Counts inserted() {
        return sql.connectionResult(connection -> {
            connection.setAutoCommit(false);
            try {
                return write(sql.configuration().derive(connection).dsl(), NEW);
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        });
    }
}
