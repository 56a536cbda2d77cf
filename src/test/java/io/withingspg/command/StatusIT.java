package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.withingspg.store.Coverage;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code status} says what is not known here, what could not be read, and which days are missing. */
@ExtendWith(Rig.Provider.class)
final class StatusIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void what_is_not_known_and_what_could_not_be_read_is_named_with_its_reasons(Rig rig) throws Exception {
        var ada = rig.person(1);
        ada.adds("getmeas", JSON.createObjectNode().put("grpid", "unreadable"));
        ada.adds(
                "getworkouts",
                ((ObjectNode) ada.workouts().getFirst())
                        .deepCopy()
                        .put("id", 4711)
                        .put("mood", "sunny"));
        rig.enrolAll();
        assertThat(rig.run("sync").exitCode()).isZero();
        rig.sql()
                .execute(
                        "INSERT INTO sync.drift VALUES (?, 'measures', 'type', 'measure type 9229', 'number', '2019-05-03Z', now(), 41)",
                        ada.id());

        var ran = rig.run("status");

        assertThat(ran.out())
                .contains("Rejected, with their reasons:")
                .containsPattern("measures +1 +1 +now +grpid: ")
                .contains("measure type 9229 first seen 3 May 2019, 41 rows, stored unnamed");
        var told = JSON.readTree(rig.run("status", "--json").out());
        assertThat(told.path("rejected").path(0).path("records").asInt()).isEqualTo(1);
        assertThat(told.path("drift").findValuesAsText("name")).contains("measure type 9229", "workout.extra.mood");
        assertThat(ran.out()).contains("workout.extra.mood first seen ", ", 1 row, a string without a column");
        assertThat(rig.run("status", "--user", Long.toString(rig.person(2).id()))
                        .out())
                .doesNotContain("9229")
                .doesNotContain("grpid");
    }

    @Test
    void how_to_connect_a_report_tool_is_told_without_a_password(Rig rig) throws Exception {
        var address = String.valueOf(rig.environment().get("DATABASE_URL"))
                .replaceFirst("jdbc:postgresql://([^/]+)/(\\w+).*", "$1/$2");
        rig.set("DATABASE_URL", "postgres://postgres:hidden@" + address + "?sslmode=disable&password=hidden");

        var ran = rig.run("status");

        var url = "postgres://withings_reader@" + address + "?sslmode=disable";
        assertThat(ran.out())
                .contains("Connect a BI tool", "  " + url + "\n", "  [withings]\n", "  user=withings_reader\n")
                .doesNotContain("hidden")
                .doesNotContain("embedded");
        var json = rig.run("status", "--json").out();
        assertThat(json).doesNotContain("hidden");
        var reader = JSON.readTree(json).path("reader");
        assertThat(reader.path("url").asText()).isEqualTo(url);
        assertThat(reader.path("service").asText())
                .startsWith("[withings]\nhost=")
                .endsWith("\nsslmode=disable\n");
        assertThat(reader.path("may_log_in").asBoolean()).isFalse();
    }

    @Test
    void gaps_are_told_as_the_commands_that_fill_them(Rig rig) throws Exception {
        var ada = rig.person(1);
        rig.enrol(ada);
        var id = Long.toString(ada.id());
        rig.set("SYNC_RESOURCES", "sleep,devices").set("BACKFILL_FROM", "2026-01-01");
        var yesterday = LocalDate.now(ZoneOffset.UTC).minusDays(1);
        for (var days : new LocalDate[][] {
            {LocalDate.parse("2026-01-01"), LocalDate.parse("2026-01-04")},
            {LocalDate.parse("2026-01-08"), yesterday}
        }) {
            Coverage.asked(rig.sql(), ada.id(), "sleep", days[0], days[1], Instant.now(), null);
        }

        var gaps = rig.run("status", "--gaps");

        var command = "withings sync --user " + id + " --resource sleep --from 2026-01-05 --to 2026-01-07";
        assertThat(gaps.exitCode()).isZero();
        assertThat(gaps.out()).hasLineCount(2).contains("  " + command);
        assertThat(JSON.readTree(rig.run("status", "--gaps", "--json").out()).path("gaps"))
                .singleElement()
                .satisfies(gap -> assertThat(gap.path("command").asText()).isEqualTo(command));
        var arguments = command.replaceFirst("withings ", "").split(" ", -1);
        assertThat(rig.run(arguments).exitCode()).as("the command is one").isZero();
        Coverage.asked(rig.sql(), ada.id(), "sleep", LocalDate.parse("2026-01-05"), yesterday, Instant.now(), null);
        assertThat(rig.run("status", "--gaps", "--user", id).out()).contains("No gaps");
    }

    @Test
    void each_command_that_is_told_closes_the_gap_it_names(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        var today = LocalDate.now(ZoneOffset.UTC);
        rig.set("BACKFILL_FROM", today.minusDays(12).toString()).set("SAMPLES_BACKFILL_DAYS", "5");
        assertThat(rig.run("sync").exitCode()).isZero();
        assertThat(rig.run("status", "--gaps").out()).contains("No gaps");
        rig.set("SAMPLES_BACKFILL_DAYS", "1");
        rig.sql()
                .execute(
                        "DELETE FROM sync.coverage WHERE day IN (?::date, ?::date, ?::date)",
                        today.minusDays(9),
                        today.minusDays(5),
                        today.minusDays(3));

        var commands = rig.run("status", "--gaps")
                .out()
                .lines()
                .filter(line -> line.startsWith("  withings "))
                .toList();

        assertThat(commands).as("five resources by day, and two of samples").hasSize(5 * 3 + 2 * 2);
        commands.forEach(command -> assertThat(
                        rig.run(command.strip().replaceFirst("withings ", "").split(" ", -1))
                                .exitCode())
                .as(command)
                .isZero());
        assertThat(rig.run("status", "--gaps").out()).contains("No gaps");
    }

    @Test
    void for_somebody_whose_days_are_over_no_command_is_told(Rig rig) throws Exception {
        var ada = rig.person(1);
        rig.enrol(ada);
        var id = Long.toString(ada.id());
        rig.set("SYNC_RESOURCES", "sleep").set("BACKFILL_FROM", "2026-01-01");
        rig.run("users", "set", id, "--until", "2026-01-03");

        assertThat(rig.run("status").out()).contains("active, but fetched until 2026-01-03 only");
        assertThat(JSON.readTree(rig.run("status", "--json").out())
                        .findValue("over")
                        .asBoolean())
                .isTrue();
        assertThat(rig.run("status", "--gaps").out())
                .contains("Of people whose last day is over")
                .contains("  user " + id + ", sleep: 2026-01-01 to 2026-01-02")
                .doesNotContain("withings sync");
        var told = JSON.readTree(rig.run("status", "--gaps", "--json").out()).path("gaps");
        assertThat(told.path(0).path("to").asText()).isEqualTo("2026-01-02");
        assertThat(told.path(0).path("command").isNull()).isTrue();
    }
}
