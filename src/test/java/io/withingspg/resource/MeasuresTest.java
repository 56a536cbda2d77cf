package io.withingspg.resource;

import static io.withingspg.schema.withings.Tables.MEASURE;
import static io.withingspg.schema.withings.Tables.MEASURE_GROUP;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MeasuresTest {
    private static Normalised normalise(String body) {
        return Measures.MEASURES.normalise((ObjectNode) Sample.json(body), new Span.Everything(), Bounds.NONE);
    }

    @Test
    void a_group_and_its_measures_become_rows() {
        var rows = Sample.MEASURES.normalise(Sample.MEASURES.record()).rows();

        assertThat(rows).hasSize(3);
        var group = rows.get(0).into(MEASURE_GROUP);
        assertThat(group.getGroupId()).isEqualTo(12);
        assertThat(group.getMeasuredAt()).isEqualTo(Instant.ofEpochSecond(1594245600));
        assertThat(group.getModelId()).isEqualTo(6);
        assertThat(group.getModifiedAt()).isEqualTo(Instant.ofEpochSecond(1594257200));
        var weight = rows.get(1).into(MEASURE);
        assertThat(weight.getValue()).isEqualTo(new BigDecimal("65.750"));
        assertThat(weight.getPosition()).isEqualTo(-1);
        assertThat(weight.getAlgo()).isEqualTo(3425);
        assertThat(rows.get(2).into(MEASURE).getPosition()).isEqualTo(12);
    }

    @Test
    void numbers_may_come_as_text() {
        var rows = normalise("""
                {"updatetime": "1594260000", "more": 0, "timezone": "UTC", "measuregrps": [
                  {"grpid": "12", "date": "1594245600", "modified": "1594257200", "category": "1", "model": 6,
                   "measures": [{"value": "65750", "type": "1", "unit": "-3", "position": "2"}]}]}
                """).rows();

        assertThat(rows.get(0).into(MEASURE_GROUP).getModel()).isEqualTo("6");
        assertThat(rows.get(0).into(MEASURE_GROUP).getModelId()).isEqualTo(6);
        assertThat(rows.get(1).into(MEASURE).getValue()).isEqualByComparingTo("65.75");
    }

    @Test
    void the_day_is_that_of_the_groups_zone_else_of_the_answers_else_of_utc() {
        var told = normalise("""
                {"timezone": "Europe/Paris", "measuregrps": [
                  {"grpid": 1, "date": 1594247400, "timezone": "America/New_York", "measures": []},
                  {"grpid": 2, "date": 1594247400, "measures": []}]}
                """).rows();
        var untold = normalise("""
                {"measuregrps": [{"grpid": 1, "date": 1594247400, "measures": []}]}
                """).rows();

        assertThat(told.get(0).into(MEASURE_GROUP).getDay()).isEqualTo(LocalDate.of(2020, 7, 8));
        assertThat(told.get(1).into(MEASURE_GROUP).getDay()).isEqualTo(LocalDate.of(2020, 7, 9));
        assertThat(told.get(1).into(MEASURE_GROUP).getTimezone()).isEqualTo("Europe/Paris");
        assertThat(untold.get(0).into(MEASURE_GROUP).getDay()).isEqualTo(LocalDate.of(2020, 7, 8));
        assertThat(untold.get(0).into(MEASURE_GROUP).getTimezone()).isNull();
    }

    @Test
    void a_zone_nobody_knows_is_kept_aside() {
        var record = Sample.MEASURES.record().put("timezone", "Moon/Tycho");

        var group = Sample.MEASURES.normalise(record).rows().get(0).into(MEASURE_GROUP);

        assertThat(group.getTimezone()).isNull();
        assertThat(group.getExtra().data()).isEqualTo("{\"timezone\":\"Moon/Tycho\"}");
    }

    @Test
    void a_bad_measure_is_rejected_alone_with_its_groups_scalars() {
        var record = Sample.MEASURES.record();
        ((ObjectNode) record.path("measures").get(1)).put("unit", 31);

        var page = Sample.MEASURES.normalise(record);

        assertThat(page.rows()).hasSize(2);
        assertThat(page.rejects()).singleElement().satisfies(reject -> {
            assertThat(reject.reason()).isEqualTo("measures: unit: beyond all measure");
            assertThat(reject.record().data()).contains("\"grpid\":12", "\"part\":{\"value\":31");
        });
    }

    @Test
    void a_missing_key_rejects_the_group_and_says_which() {
        var record = Sample.MEASURES.record();
        record.remove("grpid");

        var page = Sample.MEASURES.normalise(record, Sample.MEASURES.record());

        assertThat(page.rows()).hasSize(3);
        assertThat(page.rejects()).extracting(Rejected::reason).containsExactly("grpid: missing");
    }

    @Test
    void a_unit_above_zero_leaves_a_plain_number() {
        var record = Sample.MEASURES.record();
        ((ObjectNode) record.path("measures").get(0)).put("value", 8).put("unit", 3);

        assertThat(Sample.MEASURES.normalise(record).rows().get(1).get("value")).hasToString("8000");
    }

    @Test
    void a_power_of_ten_that_no_measure_has_is_rejected_and_no_page_suffers() {
        for (var unit : new int[] {-40, 40}) {
            var record = Sample.MEASURES.record();
            ((ObjectNode) record.path("measures").get(0)).put("unit", unit);

            var page = Sample.MEASURES.normalise(record);

            assertThat(page.rows()).hasSize(2);
            assertThat(page.rejects()).singleElement().satisfies(reject -> {
                assertThat(reject.reason()).isEqualTo("measures: unit: beyond all measure");
                assertThat(reject.record().data()).contains("\"value\":65750", "\"unit\":" + unit);
            });
        }
    }

    @Test
    void ids_of_64_bits_may_come_as_text() {
        var record = Sample.MEASURES.record().put("grpid", Long.toString(Long.MAX_VALUE));

        assertThat(Sample.MEASURES.normalise(record).rows().getFirst().get("group_id"))
                .isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void one_broken_record_among_a_hundred_costs_itself() {
        var records = Stream.generate(Sample.MEASURES::record).limit(100).toArray(ObjectNode[]::new);
        for (var i = 0; i < records.length; i++) {
            records[i].put("grpid", i);
        }
        records[41].put("date", "yesterday");

        var page = Sample.MEASURES.normalise(records);

        assertThat(page.records()).hasSize(99);
        assertThat(page.rejects())
                .singleElement()
                .satisfies(reject -> assertThat(reject.record().data()).contains("\"grpid\":41"));
    }
}
