package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.withingspg.simulator.Fault;
import io.withingspg.simulator.Person;
import io.withingspg.simulator.Quantity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What happens beside a visit, or to it, changes neither people's tokens nor others' results. */
@ExtendWith(Rig.Provider.class)
final class EndingsIT {
    @Test
    void importing_a_file_again_leaves_living_tokens_alone(Rig rig, @TempDir Path folder) throws IOException {
        var file = Files.writeString(folder.resolve("tokens.jsonl"), line(rig.person(1)));
        assertThat(rig.run("users", "import", file.toString()).exitCode()).isZero();
        rig.sql().execute("UPDATE sync.token SET expires_at = now()");
        assertThat(rig.run("sync", "--resource", "goals").exitCode()).isZero(); // refreshes: the file's tokens are dead

        var again = rig.run("users", "import", file.toString());

        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.err()).contains("line 1").contains("already enrolled");
        assertThat(rig.run("sync", "--resource", "measures").exitCode()).isZero();
    }

    private static String line(Person person) {
        var tokens = person.tokens();
        return new ObjectMapper()
                .createObjectNode()
                .put("userid", tokens.user())
                .put("access_token", tokens.accessToken())
                .put("refresh_token", tokens.refreshToken())
                .put("expires_at", tokens.expiresAt().getEpochSecond())
                .put("scope", String.join(",", tokens.scopes()))
                .toString();
    }

    @Test
    void a_person_removed_during_a_visit_stays_removed(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.withings()
                .on("getmeas")
                .page(1)
                .answer(Fault.then(() -> rig.run("users", "remove", Long.toString(ada.id()))));

        rig.run("sync");

        assertThat(rig.query("SELECT status FROM sync.enrolment")).isEqualTo("unlinked");
        assertThat(rig.count("SELECT count(*) FROM sync.token")).isZero();
    }

    @Test
    void earlier_days_wanted_during_a_visit_are_fetched_by_the_next(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        var id = Long.toString(ada.id());
        var today = java.time.LocalDate.now(java.time.ZoneOffset.UTC);
        rig.run("users", "set", id, "--from", today.minusDays(5).toString());
        rig.withings()
                .on("getactivity")
                .page(1)
                .answer(Fault.then(() -> rig.run(
                        "users", "set", id, "--from", today.minusDays(20).toString())));
        rig.run("sync", "--resource", "activity");
        assertThat(rig.count("SELECT count(*) FROM withings.activity_day WHERE day < ?", today.minusDays(6)))
                .isZero();

        rig.run("sync", "--resource", "activity");

        assertThat(rig.count("SELECT count(*) FROM withings.activity_day WHERE day < ?", today.minusDays(6)))
                .isPositive();
    }

    @Test
    void earlier_days_wanted_between_two_pages_are_fetched_by_the_next_visit(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        var id = Long.toString(ada.id());
        var today = java.time.LocalDate.now(java.time.ZoneOffset.UTC);
        rig.run("users", "set", id, "--from", today.minusDays(15).toString());
        rig.withings()
                .on("getmeas")
                .page(1)
                .answer(Fault.then(() -> rig.run(
                        "users", "set", id, "--from", today.minusDays(40).toString())));
        rig.run("sync", "--resource", "measures");
        assertThat(rig.withings().calls("getmeas")).as("several pages").isGreaterThan(1);

        rig.run("sync", "--resource", "measures");

        assertThat(rig.count("SELECT count(*) FROM withings.measure_group"))
                .isEqualTo(ada.groups().size());
    }

    @Test
    void one_failed_visit_does_not_hide_what_the_others_brought(Rig rig) {
        rig.enrolAll();
        var ada = rig.person(1).id();
        // Ada's visit cannot even begin: her run cannot be written.
        rig.sql().execute("ALTER TABLE sync.run ADD CONSTRAINT not_ada CHECK (user_id <> " + ada + ")");

        var ran = rig.run("sync");

        assertThat(ran.exitCode()).isNotZero();
        assertThat(ran.out()).contains("measures").contains("failed: " + ada);
        assertThat(rig.count("SELECT count(DISTINCT user_id) FROM withings.measure_group"))
                .isEqualTo(2);
        assertThat(rig.count("SELECT count(*) FROM sync.lease"))
                .as("nobody is held on to")
                .isZero();
    }

    @Test
    void a_measure_that_became_unreadable_does_not_delete_the_one_before(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        var at = Instant.now().minus(1, ChronoUnit.HOURS).truncatedTo(ChronoUnit.SECONDS);
        var group = ada.measures(at, 0, Quantity.of(1, "70.5"), Quantity.of(6, "20.1"));
        rig.run("sync");

        ada.changes("getmeas", group, row -> {
            row.withArray("measures")
                    .addObject()
                    .put("type", 6)
                    .put("value", "twenty")
                    .put("unit", 0);
            row.withArray("measures").remove(1);
            return row;
        });
        rig.run("sync", "--resource", "measures");

        assertThat(rig.column("SELECT type FROM withings.measure WHERE group_id = ? ORDER BY 1", group))
                .containsExactly("1", "6");
        assertThat(rig.count("SELECT count(*) FROM sync.rejected_record")).isEqualTo(1);
    }

    @Test
    void a_database_that_goes_away_ends_the_run_with_one_line_and_nothing_is_lost(Rig rig) {
        rig.enrolAll().set("DATABASE_WAIT", "1s");
        var url = rig.environment().get("DATABASE_URL");
        rig.withings().on("getmeas").page(2).answer(Fault.then(() -> Server.shut(String.valueOf(url), true)));

        var ran = rig.run("sync");

        Server.shut(String.valueOf(url), false);
        assertThat(ran.exitCode()).as(ran.out() + ran.err()).isEqualTo(3);
        assertThat(ran.out()).contains("the database does not answer");
        assertThat(ran.err()).doesNotContain("\tat ");
        rig.sql().execute("UPDATE sync.lease SET held_until = now() - interval '1 second'"); // half a minute later
        assertThat(rig.run("sync").exitCode()).isZero();
        for (var person : rig.withings().people()) {
            assertThat(rig.count("SELECT count(*) FROM withings.measure_group WHERE user_id = ?", person.id()))
                    .isEqualTo(person.groups().size());
        }
    }
}
