package io.withingspg.store;

import static io.withingspg.schema.withings.Tables.ECG_SIGNAL;
import static org.assertj.core.api.Assertions.assertThat;

import io.withingspg.command.Rig;
import io.withingspg.resource.Normalised;
import io.withingspg.resource.Resource.Fields;
import io.withingspg.resource.Span;
import io.withingspg.resource.Target;
import io.withingspg.schema.withings.tables.records.EcgSignalRecord;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jooq.TableRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A column that is an array itself goes through a statement's arrays and comes out as it was. */
@ExtendWith(Rig.Provider.class)
final class UnnestedIT {
    private static final Instant NOW = Instant.parse("2026-02-01T00:00:00Z");

    private static EcgSignalRecord signal(long id, Integer... microvolts) {
        return new EcgSignalRecord().setSignalId(id).setMicrovolts(microvolts);
    }

    private static Counts write(Rig rig, EcgSignalRecord... signals) {
        var page = new Normalised(
                Stream.of(signals).<List<TableRecord<?>>>map(List::of).toList(), List.of(), List.of());
        return rig.sql()
                .transactionResult(transaction -> new PageWriter(transaction.dsl(), 1, "ecg", new Drift.Known(), NOW)
                        .write(
                                List.of(new Target.Rows(ECG_SIGNAL)),
                                page,
                                PageWriter.Extent.of(new Span.Everything(), Fields.ALL)));
    }

    @Test
    void curves_of_any_length_are_stored_value_by_value(Rig rig) {
        var curve =
                IntStream.range(0, 10_000).map(at -> (at - 5_000) * 7).boxed().toArray(Integer[]::new);

        var counts = write(rig, signal(1, curve), signal(2), signal(3, Integer.MIN_VALUE, 0, Integer.MAX_VALUE));

        assertThat(counts.inserted()).isEqualTo(3);
        assertThat(rig.sql()
                        .selectFrom(ECG_SIGNAL)
                        .orderBy(ECG_SIGNAL.SIGNAL_ID)
                        .fetch(ECG_SIGNAL.MICROVOLTS))
                .containsExactly(curve, new Integer[0], new Integer[] {Integer.MIN_VALUE, 0, Integer.MAX_VALUE});
    }

    @Test
    void the_same_curve_again_is_no_change_and_one_value_more_is(Rig rig) {
        write(rig, signal(1, 1, 2), signal(2, 3, 4));

        assertThat(write(rig, signal(1, 1, 2), signal(2, 3, 4)).unchanged()).isEqualTo(2);
        assertThat(write(rig, signal(1, 1, 2, 0), signal(2, 3, 4)).changed()).isEqualTo(1);
    }

    @Test
    void no_array_and_no_value_stay_what_they_are(Rig rig) {
        var gap = new Integer[] {1, 2, 3};
        gap[1] = null;
        var rows = List.of(new EcgSignalRecord().setSignalId(1L), signal(2, gap));
        var page = Unnested.of("page", List.of(ECG_SIGNAL.SIGNAL_ID, ECG_SIGNAL.MICROVOLTS), rows);

        assertThat(rig.sql()
                        .select(page.column(ECG_SIGNAL.MICROVOLTS))
                        .from(page.table())
                        .orderBy(page.column(ECG_SIGNAL.SIGNAL_ID))
                        .fetch(row -> row.value1()))
                .containsExactly(null, gap);
    }
}
