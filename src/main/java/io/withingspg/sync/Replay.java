package io.withingspg.sync;

import io.withingspg.config.Settings;
import io.withingspg.resource.Movement;
import io.withingspg.resource.Resource;
import io.withingspg.resource.Resources;
import io.withingspg.resource.Target;
import io.withingspg.store.Counts;
import io.withingspg.store.DaySummaries;
import io.withingspg.store.Leases;
import io.withingspg.store.Overtaken;
import io.withingspg.store.People;
import io.withingspg.store.Person;
import io.withingspg.store.RawPages;
import io.withingspg.store.Replays;
import io.withingspg.withings.Envelope;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.jooq.DSLContext;

/**
 * Reads the answers that were kept again under today's code, so that fields and records it has learned to read come to
 * stand in columns and rows. No call is made. The newest page comes first and what is newer than a page is left as it
 * is, so that nothing goes back to what it was.
 */
public final class Replay {
    private final RawPages pages;
    private final Replays replays;
    private final DaySummaries summaries;
    private final People people;
    private final Leases leases;
    private final Plan plan;
    private final Clock clock;

    public Replay(DSLContext sql, Settings settings, Leases leases, Clock clock) {
        this.pages = new RawPages(sql);
        this.replays = new Replays(sql, leases);
        this.summaries = new DaySummaries(sql);
        this.people = new People(sql);
        this.leases = leases;
        this.plan = new Plan(settings);
        this.clock = clock;
    }

    /**
     * What a replay did.
     *
     * @param learned rejects that can be read by now
     */
    public record Done(long pages, Counts counts, long learned) {
        static final Done NOTHING = new Done(0, Counts.NONE, 0);

        public Done plus(Done other) {
            return new Done(pages + other.pages, counts.plus(other.counts), learned + other.learned);
        }
    }

    /**
     * @param userIds empty for everybody
     * @param resources empty for all
     * @param again also where one was interrupted, everything from the start
     * @return whether an interrupted one goes on
     */
    public boolean begin(Collection<Long> userIds, Collection<String> resources, boolean again) {
        return replays.begin(userIds, resources, again);
    }

    /** How many pages are still to be read again. */
    public long pagesDue(Collection<Long> userIds, Collection<String> resources) {
        return replays.due(userIds, resources).entrySet().stream()
                .mapToLong(due -> pages.count(due.getKey(), due.getValue()))
                .sum();
    }

    /**
     * @param read is told of each page
     * @param busy is told of those whom another process is syncing all the time: they stay due
     */
    public Done run(Collection<Long> userIds, Collection<String> resources, Runnable read, Consumer<Person> busy)
            throws InterruptedException {
        var done = Done.NOTHING;
        for (var due : replays.due(userIds, resources).entrySet()) {
            var person = people.find(due.getKey()).orElse(null);
            if (person == null) {
                continue; // erased meanwhile
            }
            if (!leases.await(person.userId(), clock, () -> {}, () -> false)) {
                busy.accept(person);
                continue;
            }
            try {
                for (var name : due.getValue()) {
                    var resource = Resources.named(name).orElse(null);
                    if (resource != null) {
                        var reading = replays.read(person.userId(), name, clock.instant());
                        done = done.plus(pages(person, resource, reading, read))
                                .plus(rejects(person, resource, reading));
                    }
                    requireOwn(person);
                    replays.end(
                            person.userId(),
                            name,
                            resource == null
                                    ? List.of()
                                    : resource.targets().stream()
                                            .map(Target::table)
                                            .toList());
                }
                summaries.bringUpToDate(person.userId());
            } catch (Overtaken _) {
                busy.accept(person);
            } finally {
                leases.release(person.userId());
            }
        }
        return done;
    }

    /** Nothing renews the lease in the background here. Whoever stood still for too long leaves the person to the other one. */
    private void requireOwn(Person person) {
        leases.renew(clock.instant());
        if (!leases.holds(person.userId(), clock.instant())) {
            throw new Overtaken();
        }
    }

    private Done pages(Person person, Resource resource, Replays.Reading reading, Runnable read) {
        var done = Done.NOTHING;
        for (var page : pages.newestFirst(person.userId(), List.of(resource.name()))) {
            done = done.plus(page(person, resource, page, reading));
            read.run();
            if (resource.movement() instanceof Movement.Whole) {
                break; // the newest answer is the whole of it
            }
        }
        return done;
    }

    private Done page(Person person, Resource resource, RawPages.Kept page, Replays.Reading reading) {
        var bounds = plan.bounds(person);
        var parts = Parts.of(
                Envelope.kept(page.answer(), resource.isReadInParts()),
                body -> resource.normalise(body, page.span(), bounds));
        var counts = Counts.NONE;
        do {
            requireOwn(person);
            counts = counts.plus(replays.write(resource, parts.next(), !parts.goesOn(), page, reading));
        } while (parts.goesOn());
        return new Done(1, counts, 0);
    }

    private Done rejects(Person person, Resource resource, Replays.Reading reading) {
        var done = Done.NOTHING;
        for (var reject : replays.rejects(person.userId(), resource)) {
            requireOwn(person);
            var again = resource.retry(Envelope.tree(reject.json()), plan.bounds(person));
            if (again.rejects().isEmpty()) {
                var counts = replays.accept(person.userId(), resource, reject, again, reading);
                done = done.plus(new Done(0, counts, 1));
            }
        }
        return done;
    }
}
