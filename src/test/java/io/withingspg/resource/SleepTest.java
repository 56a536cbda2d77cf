package io.withingspg.resource;

import static io.withingspg.schema.withings.Tables.SLEEP_EVENT;
import static io.withingspg.schema.withings.Tables.SLEEP_SUMMARY;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class SleepTest {
    private static Normalised withEvents(String events) {
        var record = Sample.SLEEP.record();
        ((ObjectNode) record.path("data")).set("night_events", Sample.json(events));
        return Sample.SLEEP.normalise(record);
    }

    private static List<String> events(Normalised page) {
        return page.rows().stream()
                .skip(1)
                .map(row -> row.into(SLEEP_EVENT))
                .map(event -> event.getEvent() + "+" + (event.getOccurredAt().getEpochSecond() - 1594245600))
                .toList();
    }

    @Test
    void a_night_and_its_events_become_rows() {
        var page = Sample.SLEEP.normalise(Sample.SLEEP.record());

        var night = page.rows().getFirst().into(SLEEP_SUMMARY);
        assertThat(night.getSleepId()).isEqualTo(12345);
        assertThat(night.getDay()).isEqualTo(LocalDate.of(2020, 7, 9));
        assertThat(night.getSource()).isEqualTo(32);
        assertThat(night.getModelId()).isEqualTo(63);
        assertThat(night.getDeviceId()).isEqualTo("d2");
        assertThat(night.getEfficiency()).isEqualByComparingTo("0.875");
        assertThat(night.getExternalAsleepS()).isNull();
        assertThat(events(page)).containsExactly("1+0", "2+600", "3+9000", "3+18000", "4+28800");
        assertThat(page.rows().get(1).into(SLEEP_EVENT).getOccurredAt()).isEqualTo(Instant.ofEpochSecond(1594245600));
    }

    @Test
    void events_may_come_as_text() {
        assertThat(events(withEvents("\"{\\\"1\\\":[0],\\\"3\\\":[\\\"60\\\"]}\"")))
                .containsExactly("1+0", "3+60");
    }

    @Test
    void a_night_without_events_is_a_night() {
        for (var none : List.of("null", "[]", "{}", "\"\"", "\"[]\"", "{\"1\": []}", "{\"1\": null}")) {
            assertThat(withEvents(none).rows()).as(none).hasSize(1);
            assertThat(withEvents(none).rejects()).as(none).isEmpty();
        }
    }

    @Test
    void an_event_that_cannot_be_read_is_rejected_alone() {
        var page = withEvents("{\"1\": [0, \"soon\"], \"woke\": [5], \"2\": {\"a\": 1}, \"4\": [1e12, 28800]}");

        assertThat(events(page)).containsExactly("1+0", "4+28800");
        assertThat(page.rejects())
                .extracting(Rejected::reason)
                .containsExactly(
                        "data.night_events: offset: expected a number",
                        "data.night_events: expected an event's code",
                        "data.night_events: offset: expected a number",
                        "data.night_events: offset: expected a whole number of ordinary size");
        assertThat(page.rejects())
                .allSatisfy(reject -> assertThat(reject.record().data()).contains("\"id\":12345"));
    }

    @Test
    void events_that_are_no_object_cost_no_night() {
        for (var broken : List.of("5", "[[0], [600]]", "\"{cut\"", "\"5\"")) {
            assertThat(withEvents(broken).rows()).as(broken).hasSize(1);
            assertThat(withEvents(broken).rejects())
                    .as(broken)
                    .extracting(Rejected::reason)
                    .containsExactly("data.night_events: expected an object");
        }
    }
}
