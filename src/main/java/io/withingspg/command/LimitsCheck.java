package io.withingspg.command;

import io.withingspg.config.Settings;
import io.withingspg.resource.Resources;
import io.withingspg.store.Person;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What Withings allows an application, against what these people need. */
final class LimitsCheck {
    /** Of an application that has never registered a public HTTPS callback. */
    private static final int LINKED_WITHOUT_CALLBACK_MAX = 10;

    private static final int LINKED_FREE_MAX = 1000;
    private static final int CALLS_PER_MINUTE_MAX = 120;
    /** From here on there is little left for history, repeats and people at a screen. */
    private static final double LOAD_MAX = 0.8;

    private static final Duration ACCESS_LIFE = Duration.ofHours(3);

    private final Settings settings;
    private final List<Person> people;
    private final Instant now;

    LimitsCheck(Settings settings, List<Person> people, Instant now) {
        this.settings = settings;
        this.people = people;
        this.now = now;
    }

    /** @param callback null where no application is configured */
    Finding plan(@Nullable URI callback) {
        var linked = Math.toIntExact(
                people.stream().filter(person -> !person.unlinked()).count());
        if (callback != null && !NetworkCheck.isPublic(callback) && linked >= LINKED_WITHOUT_CALLBACK_MAX) {
            return Finding.warning(
                    "plan",
                    PeopleCheck.count(linked) + " linked: without a public HTTPS callback, Withings stops at "
                            + LINKED_WITHOUT_CALLBACK_MAX,
                    "register one with Withings, and set WITHINGS_CALLBACK_URL to it");
        }
        if (linked >= LINKED_FREE_MAX * 9 / 10) {
            return Finding.warning(
                    "plan",
                    PeopleCheck.count(linked) + " linked: the free plan ends at 1,000 active users",
                    "if that is your plan, ask Withings for a larger one in time");
        }
        return Finding.ok(
                "plan",
                PeopleCheck.count(linked) + " linked of "
                        + (callback == null || NetworkCheck.isPublic(callback)
                                ? "1,000 in the free plan"
                                : LINKED_WITHOUT_CALLBACK_MAX + " without a public HTTPS callback (free plan: 1,000)"));
    }

    /** What polling asks for against what Withings allows; history, repeats and consents come on top. */
    Finding quota() {
        var perMinute = settings.calls().perMinute();
        var round = 0;
        var load = 0.0;
        for (var person : people) {
            if (PeopleCheck.isFetched(person, now)) {
                var asked = settings.sync().resources().stream()
                        .filter(name -> Resources.named(name).stream()
                                .anyMatch(one -> one.scope().isGranted(person.scopes())))
                        .toList();
                round += asked.size();
                load += asked.stream().mapToDouble(this::perMinute).sum() + 1.0 / ACCESS_LIFE.toMinutes();
            }
        }
        var told = String.format(
                Locale.ROOT,
                "a round over everybody takes %,d calls, %s; on average %s of %,d a minute",
                round,
                duration(60.0 * round / perMinute),
                load < 10 ? String.format(Locale.ROOT, "%.1f", load) : String.format(Locale.ROOT, "%,.0f", load),
                perMinute);
        if (load > LOAD_MAX * perMinute) {
            var every = Math.ceil(shortest().toSeconds() / 60.0 * load / (LOAD_MAX * perMinute));
            var next = String.format(
                    Locale.ROOT,
                    "ask less often, such as SYNC_EVERY=%.0fm (now %dm)",
                    every,
                    shortest().toMinutes());
            return load > perMinute
                    ? Finding.problem("quota", told + ": too many, and everything comes late", next)
                    : Finding.warning("quota", told + ": little is left for anything else", next);
        }
        if (perMinute > CALLS_PER_MINUTE_MAX && settings.apiUrl().toString().endsWith("withings.net")) {
            return Finding.warning(
                    "quota",
                    told + "; Withings allows " + CALLS_PER_MINUTE_MAX,
                    "set API_CALLS_PER_MINUTE to 120, unless your contract says otherwise");
        }
        return Finding.ok("quota", told);
    }

    private double perMinute(String resource) {
        var every = settings.sync().every().get(resource);
        return every == null ? 0 : 60_000.0 / every.toMillis();
    }

    private Duration shortest() {
        return settings.sync().every().values().stream()
                .min(Duration::compareTo)
                .orElse(Duration.ofMinutes(30));
    }

    private static String duration(double seconds) {
        return seconds < 90
                ? Math.round(Math.ceil(seconds)) + " s"
                : seconds < 5400
                        ? Math.round(Math.ceil(seconds / 60)) + " min"
                        : Math.round(Math.ceil(seconds / 3600)) + " h";
    }
}
