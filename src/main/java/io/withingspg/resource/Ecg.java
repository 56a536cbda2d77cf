package io.withingspg.resource;

import static io.withingspg.schema.withings.Tables.ECG_SIGNAL;
import static io.withingspg.schema.withings.Tables.HEART_RECORD;

import com.fasterxml.jackson.databind.JsonNode;
import io.withingspg.schema.withings.tables.records.EcgSignalRecord;
import io.withingspg.withings.Call;
import io.withingspg.withings.Scope;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/** The curve of one ECG: {@code POST /v2/heart action=get}; the recordings that name it are {@link Heart}'s. */
final class Ecg {
    static final Resource ECG = new Resource(
            "ecg",
            Scope.USER_METRICS,
            new Call("/v2/heart", "get"),
            Map.of(),
            Resource.Paging.SINGLE,
            new Movement.Each("signalid", HEART_RECORD.ECG_SIGNAL_ID, ECG_SIGNAL.SIGNAL_ID),
            List.of(new Target.Rows(ECG_SIGNAL)),
            Ecg::normalise);

    private Ecg() {}

    /** The answer is the record, and it does not say which signal it is of. */
    private static Normalised normalise(Page page) {
        if (!(page.span() instanceof Span.One(var id))) {
            throw new IllegalArgumentException("an ECG is asked for by its number, not by " + page.span());
        }
        return page.whole(Long.toString(id), answer -> signal(answer).setSignalId(id));
    }

    private static EcgSignalRecord signal(Item answer) {
        return new EcgSignalRecord()
                .setSamplingHz(answer.countOrNull("sampling_frequency"))
                .setMicrovolts(microvolts(answer.field("signal")))
                .setWearPosition(answer.countOrNull("wearposition"))
                .setHeartRate(answer.measuredCountOrNull("heart_rate"))
                .setModel(answer.textOrNull("model"))
                .setModelId(answer.modelIdOrNull())
                .setExtra(answer.extra());
    }

    /** All or none: with a value left out, the rest of the curve would be at the wrong time. */
    private static Integer[] microvolts(Field signal) {
        if (signal.node() == null) {
            throw signal.reject("missing");
        }
        if (!signal.node().isArray()) {
            throw signal.reject("expected a list");
        }
        return StreamSupport.stream(signal.node().spliterator(), false)
                .map(value -> microvolt(signal, value))
                .toArray(Integer[]::new);
    }

    private static Integer microvolt(Field signal, JsonNode value) {
        var microvolt = Field.nothing(value) ? null : new Field(signal.name(), value).count();
        if (microvolt == null) {
            throw signal.reject("a value is missing");
        }
        return microvolt;
    }
}
