package io.withingspg.command;

import static io.withingspg.schema.withings.Tables.WORKOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.withingspg.resource.Resources;
import io.withingspg.simulator.Call;
import io.withingspg.simulator.Fault;
import io.withingspg.simulator.Person;
import io.withingspg.simulator.World;
import io.withingspg.store.Cursors;
import io.withingspg.store.Erased;
import io.withingspg.store.Leases;
import io.withingspg.store.Overtaken;
import io.withingspg.store.Pages;
import io.withingspg.sync.Order.How;
import io.withingspg.sync.Order.What;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two processes and one person: one at a time. */
@ExtendWith(Rig.Provider.class)
final class LeasesIT {
    static final What EVERYTHING = new What(Resources.names(), false, new How.Full());

    @Test
    void two_processes_never_sync_one_person_at_the_same_time_and_both_finish() {
        var apart = Duration.ofSeconds(2);
        var slow = Rig.world()
                .withUsers(2)
                .withDays(10)
                .withLatency(Duration.ofMillis(20))
                .withSameArgumentsWithin(apart);
        try (var rig = new Rig(slow)) {
            rig.set("API_IDENTICAL_CALL_SPACING", apart.toSeconds() + "s");
            rig.enrolAll();
            rig.withings().people().forEach(Person::activities); // worked out before the clock of the race runs
            try (var one = rig.service();
                    var other = rig.service()) {
                var both = List.of(
                        CompletableFuture.supplyAsync(() -> one.sync(List.of(), EVERYTHING, null)),
                        CompletableFuture.supplyAsync(() -> other.sync(List.of(), EVERYTHING, null)));

                both.forEach(sync -> assertThat(sync.join().exitCode()).isZero());
            }
            for (var person : rig.withings().people()) {
                var calls = rig.withings().seen().stream()
                        .filter(call -> Long.valueOf(person.id()).equals(call.user()))
                        .filter(call -> !call.action().equals("requesttoken"))
                        // Of samples, whoever comes second goes on from where the first has read to.
                        .filter(call -> !call.action().equals("getintradayactivity"))
                        .filter(call -> !(call.path() + call.action()).equals("/v2/sleepget"))
                        .map(Call::arguments)
                        .filter(arguments -> !arguments.containsKey("signalid"))
                        .toList();
                // Both read everything, so the second's calls are the first's again; mixed, they would not be.
                var half = calls.size() / 2;
                assertThat(calls.subList(half, calls.size()).stream().map(LeasesIT::withoutDays))
                        .hasSizeGreaterThan(6)
                        .isEqualTo(calls.subList(0, half).stream()
                                .map(LeasesIT::withoutDays)
                                .toList());
                assertThat(rig.withings().seen().stream()
                                .map(call -> call.arguments().get("signalid"))
                                .filter(Objects::nonNull))
                        .as("curves, which whoever comes second has no need to fetch")
                        .isNotEmpty()
                        .doesNotHaveDuplicates();
                assertThat(rig.count(
                                "SELECT count(*) FROM sync.run one JOIN sync.run other ON one.user_id = other.user_id"
                                        + " AND one.run_id < other.run_id AND (one.started_at, one.finished_at)"
                                        + " OVERLAPS (other.started_at, other.finished_at)"))
                        .isZero();
            }
            assertThat(tooSoon(rig, apart)).isEmpty();
            assertThat(rig.count("SELECT count(*) FROM sync.run WHERE outcome = 'done'"))
                    .isEqualTo(4);
            assertThat(rig.count("SELECT count(*) FROM sync.lease")).isZero();
            assertThat(Told.differences(rig.withings().people(), rig.sql())).isEmpty();
        }
    }

    /** Calls which Withings refuses as the same was made a moment ago. */
    static List<Call> tooSoon(Rig rig, Duration apart) {
        var last = new HashMap<List<Object>, Call>();
        return rig.withings().seen().stream()
                .filter(call -> call.user() != null)
                .filter(call -> {
                    var before = last.put(List.of(call.user(), call.path(), call.arguments()), call);
                    return before != null && call.at().isBefore(before.at().plus(apart));
                })
                .toList();
    }

    private static String withoutDays(java.util.Map<String, String> arguments) {
        var kept = new java.util.TreeMap<>(arguments);
        kept.keySet().removeAll(List.of("startdate", "enddate"));
        return kept.toString();
    }

    @Test
    void whom_a_dead_process_held_is_taken_over_once_the_lease_is_over(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.sql()
                .execute(
                        "INSERT INTO sync.lease VALUES (?, 'somebody who died', now() + interval '2 seconds')",
                        ada.id());

        var ran = rig.run("sync", "--resource", "goals");

        assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
        assertThat(rig.count("SELECT count(*) FROM sync.run WHERE outcome = 'done'"))
                .isEqualTo(1);
        assertThat(rig.count("SELECT count(*) FROM sync.lease")).isZero();
    }

    @Test
    void whom_another_process_holds_no_schedule_takes() {
        try (var rig = new Rig(World.ordinary().withUsers(2).withDays(3).withSameArgumentsWithin(Duration.ZERO))) {
            var held = rig.person(1);
            var free = rig.person(2);
            rig.enrol(held, free);
            rig.set("SCHEDULE_DUE", "* * * * * ?");
            rig.sql()
                    .execute(
                            "INSERT INTO sync.lease VALUES (?, 'another process', now() + interval '2 minutes')",
                            held.id());
            try (var service = rig.service(Service.Part.SCHEDULES)) {
                assertThat(service.settings().sync().dueCron()).isEqualTo("* * * * * ?");
                Await.until(
                        "the free one is synced",
                        () -> Cursor.outcomes(rig, free).size() == Resources.ALL.size());
                assertThat(Cursor.outcomes(rig, held)).isEmpty();

                rig.sql()
                        .execute(
                                "UPDATE sync.lease SET held_until = now() - interval '1 second' WHERE user_id = ?",
                                held.id());
                Await.until(
                        "the other one too", () -> Cursor.outcomes(rig, held).size() == Resources.ALL.size());
            }
            assertThat(rig.count("SELECT count(*) FROM sync.lease")).isZero();
        }
    }

    @Test
    void whom_a_dead_process_was_at_is_taken_over_though_more_are_due_than_there_are_workers() throws Exception {
        var world = World.ordinary().withUsers(3).withDays(3).withSameArgumentsWithin(Duration.ZERO);
        var through = new CountDownLatch(1);
        try (var rig = new Rig(world)) {
            rig.enrolAll();
            rig.set("SCHEDULE_DUE", "* * * * * ?").set("SYNC_USERS_AT_ONCE", "1");
            var busy = rig.person(1);
            var left = rig.person(2);
            var waiting = rig.person(3);
            rig.sql()
                    .execute(
                            "INSERT INTO sync.lease VALUES (?, 'somebody who died', now() + interval '1 minute')",
                            left.id());
            rig.sql()
                    .execute(
                            "UPDATE sync.cursor SET next_due_at = now() - interval '1 hour' WHERE user_id = ?",
                            busy.id());
            var lasting = new CountDownLatch(1);
            rig.withings().on("getmeas").forUser(busy.id()).answer(Fault.then(() -> {
                lasting.countDown();
                await(through);
            }));
            try (var _ = rig.service(Service.Part.SCHEDULES)) {
                lasting.await();
                leasesEnd(rig);
                rig.sql()
                        .execute(
                                "UPDATE sync.lease SET held_until = now() + interval '20 seconds' WHERE user_id = ?",
                                busy.id());
                Await.until(
                        "the dead one's is synced",
                        () -> Cursor.outcomes(rig, left).size() == Resources.ALL.size());
                assertThat(Cursor.outcomes(rig, busy).size()).isLessThan(Resources.ALL.size());
                assertThat(Cursor.outcomes(rig, waiting))
                        .as("waits for a worker")
                        .isEmpty();

                through.countDown();
                Await.until(
                        "all are synced",
                        () -> rig.withings().people().stream()
                                .allMatch(person -> Cursor.outcomes(rig, person).size() == Resources.ALL.size()));
            } finally {
                through.countDown();
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whom_one_process_is_looking_at_the_others_pass_over_without_waiting(Rig rig) {
        rig.enrolAll();
        var first = rig.person(1).id();
        rig.sql().execute("UPDATE sync.cursor SET next_due_at = now() - interval '1 hour' WHERE user_id = ?", first);
        var now = Instant.now();
        try (var connection = DSL.using(rig.environment().getOrDefault("DATABASE_URL", ""))) {
            sharesOut(rig, first, new Leases(connection, "other"), now);
        }
    }

    private static void sharesOut(Rig rig, long first, Leases other, Instant now) {
        rig.sql().transaction(looking -> {
            looking.dsl().execute("SELECT FROM sync.cursor WHERE user_id = ? FOR UPDATE", first);

            assertThat(other.takeDue(Resources.names(), now, 1, List.of()))
                    .as("the first in line is being looked at")
                    .hasSize(1)
                    .doesNotContain(first);
            assertThat(other.takeDue(Resources.names(), now, 9, List.of()))
                    .hasSize(1)
                    .doesNotContain(first);
        });

        assertThat(other.takeDue(Resources.names(), now, 9, List.of(first))).isEmpty();
        assertThat(other.takeDue(Resources.names(), now, 9, List.of())).containsExactly(first);
        assertThat(other.takeDue(Resources.names(), now, 9, List.of())).isEmpty();
    }

    @Test
    void who_stood_still_for_too_long_learns_that_somebody_else_went_on(Rig rig) {
        rig.enrolAll();
        var ada = rig.person(1).id();
        var now = Instant.now();
        var frozen = new Leases(rig.sql(), "frozen");
        var other = new Leases(rig.sql(), "other");
        assertThat(frozen.take(ada, now)).isTrue();
        assertThat(other.takeOver(now, 9)).as("it lives").isEmpty();
        var woken = now.plus(Leases.LIFE);

        assertThat(frozen.holds(ada, woken)).as("nobody came").isTrue();
        leasesEnd(rig);
        assertThat(frozen.holds(ada, woken.plus(Leases.LIFE))).as("nobody came").isTrue();
        leasesEnd(rig);
        assertThat(other.takeOver(now, 9)).containsExactly(ada);
        assertThat(other.takeOver(now, 9)).isEmpty();

        assertThat(frozen.holds(ada, woken.plus(Leases.LIFE).plus(Leases.LIFE))).isFalse();
        frozen.release(ada);
        assertThat(other.holds(ada, now)).isTrue();
        assertThat(rig.query("SELECT holder FROM sync.lease")).isEqualTo("other");
    }

    @Test
    void a_visit_that_was_overtaken_makes_no_further_call_and_leaves_the_cursor_to_the_other(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        rig.withings().on("getmeas").answer(Fault.then(() -> {
            // Before the next heartbeat, so that only the page's own transaction can tell.
            rig.sql().execute("UPDATE sync.lease SET holder = 'other', held_until = now() + interval '1 minute'");
        }));

        var ran = rig.run("sync", "--resource", "measures", "--resource", "activity");

        assertThat(ran.exitCode()).as(ran.out()).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(ran.out()).contains("stood still");
        assertThat(rig.withings().seen().stream().map(Call::action).filter(action -> !action.equals("requesttoken")))
                .containsExactly("getmeas");
        assertThat(rig.column("SELECT outcome FROM sync.run_resource")).containsExactly("overtaken");
        assertThat(rig.count("SELECT count(*) FROM withings.measure_group")).isZero();
        assertThat(Cursor.outcomes(rig, ada)).isEmpty();
        assertThat(rig.query("SELECT holder FROM sync.lease")).isEqualTo("other");
    }

    @Test
    void what_was_fetched_before_another_process_went_on_is_not_written_after_it(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        var after = new AtomicReference<String>();
        try (var other = rig.service()) {
            rig.withings().on("getmeas").page(2).answer(Fault.then(() -> {
                ada.deletes(ada.groups().getLast().path("grpid").asLong()); // which has just been answered
                leasesEnd(rig);
                var measures = new What(List.of("measures"), false, new How.Full()); // sooner than the next heartbeat
                assertThat(other.sync(List.of(), measures, null).exitCode()).isZero();
                after.set(cursors(rig) + rig.dump());
            }));

            var ran = rig.run("sync", "--resource", "measures", "--resource", "activity");

            assertThat(ran.exitCode()).as(ran.out()).isEqualTo(ExitCode.SOME_FAILED);
        }
        assertThat(rig.column("SELECT outcome || ' after ' || pages FROM sync.run_resource WHERE outcome <> 'done'"))
                .containsExactly("overtaken after 1");
        assertThat(cursors(rig) + rig.dump()).isEqualTo(after.get());
        assertThat(rig.run("sync").exitCode()).isZero();
        assertThat(Told.differences(List.of(ada), rig.sql())).isEmpty();
        assertThat(rig.count("SELECT count(*) FROM sync.lease")).isZero();
    }

    private static String cursors(Rig rig) {
        return rig.column("SELECT c::text FROM sync.cursor c ORDER BY user_id, resource")
                .toString();
    }

    @Test
    void whoever_does_not_hold_a_person_writes_no_deletion_and_no_ending(Rig rig) {
        rig.enrol(rig.person(1));
        var ada = rig.person(1).id();
        var now = Instant.now();
        var run = UUID.randomUUID();
        var frozen = new Leases(rig.sql(), "frozen");
        var cursors = new Cursors(rig.sql(), frozen);
        var pages = new Pages(rig.sql(), frozen);
        assertThat(frozen.take(ada, now)).isTrue();
        cursors.read(ada, Resources.names(), now);
        var before = cursors(rig);

        leasesEnd(rig);
        writesNothing(cursors, pages, ada, run, Overtaken.class);
        assertThat(new Leases(rig.sql(), "other").takeOver(now, 9)).containsExactly(ada);
        writesNothing(cursors, pages, ada, run, Overtaken.class);
        rig.sql().execute("DELETE FROM sync.lease");
        writesNothing(cursors, pages, ada, run, Overtaken.class);
        assertThat(cursors(rig)).isEqualTo(before);
        rig.sql().execute("DELETE FROM sync.cursor");
        writesNothing(cursors, pages, ada, run, Erased.class);
    }

    private static void writesNothing(
            Cursors cursors, Pages pages, long userId, UUID run, Class<? extends Throwable> because) {
        var now = Instant.now();
        assertThatThrownBy(() -> pages.delete(userId, run, "workouts", WORKOUT, Set.of(List.<Object>of(1L)), now))
                .isInstanceOf(because);
        for (var moves : List.of(true, false)) {
            var move = new Cursors.Move(moves, now, now, null, true, false, now, "done", null);
            assertThatThrownBy(() -> cursors.endTurn(userId, run, "workouts", move, 1, now))
                    .isInstanceOf(because);
        }
    }

    @Test
    void whoever_waits_for_a_person_stops_waiting_when_the_process_stops(Rig rig) throws InterruptedException {
        rig.enrol(rig.person(1));
        var ada = rig.person(1).id();
        assertThat(new Leases(rig.sql(), "other").take(ada, Instant.now())).isTrue();

        var looks = new AtomicInteger();
        var taken = new Leases(rig.sql(), "waiting")
                .await(ada, Clock.systemUTC(), () -> {}, () -> looks.incrementAndGet() > 1);

        assertThat(taken).isFalse();
        assertThat(looks).hasValue(2);
    }

    @Test
    @Timeout(20)
    void while_a_page_is_written_its_person_is_renewed_and_taken_over_by_nobody(Rig rig) {
        rig.enrol(rig.person(1));
        var ada = rig.person(1).id();
        var now = Instant.now();
        var writer = new Leases(rig.sql(), "writer");
        assertThat(writer.take(ada, now)).isTrue();
        try (var connection = DSL.using(rig.environment().getOrDefault("DATABASE_URL", ""))) {
            leasesEnd(rig);
            rig.sql().transaction(writing -> {
                writing.dsl().execute("SELECT FROM sync.lease FOR KEY SHARE"); // as a page does

                assertThat(new Leases(connection, "other").takeOver(now, 9)).isEmpty();
                connection.execute("UPDATE sync.lease SET held_until = now()"); // as renewing does
            });
            assertThat(new Leases(connection, "other").takeOver(now, 9)).containsExactly(ada);
        }
    }

    @Test
    void a_process_takes_nobody_twice_and_no_more_than_it_can_visit_however_many_look_at_once(Rig rig) {
        rig.enrolAll();
        var now = Instant.now();
        var leases = new Leases(rig.sql(), "one");
        try (var connections = rig.service()) {
            var busy = new Leases(connections.database().sql(), "busy");
            var looks = IntStream.range(0, 4)
                    .mapToObj(_ ->
                            CompletableFuture.supplyAsync(() -> busy.takeDue(Resources.names(), now, 2, List.of())))
                    .toList();
            assertThat(looks.stream().flatMap(look -> look.join().stream()))
                    .hasSize(2)
                    .doesNotHaveDuplicates();
        }
        rig.sql().execute("DELETE FROM sync.lease");

        var everybody = leases.takeDue(Resources.names(), now, 9, List.of());
        assertThat(everybody).hasSize(3);
        leasesEnd(rig);
        assertThat(leases.takeOver(now, 9)).as("whom it is with already").isEmpty();
        rig.sql().execute("DELETE FROM sync.lease");
        leases.renew(now);
        var lost = everybody.getFirst();
        assertThat(leases.holds(lost, now)).isFalse();
        assertThat(leases.takeDue(Resources.names(), now, 9, List.of()))
                .as("before the visit has found out and ended")
                .isEmpty();
        leases.release(lost);
        assertThat(leases.takeDue(Resources.names(), now, 9, List.of())).containsExactly(lost);
    }

    private static void leasesEnd(Rig rig) {
        rig.sql().execute("UPDATE sync.lease SET held_until = now() - interval '1 second'");
    }
}
