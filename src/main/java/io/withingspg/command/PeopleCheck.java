package io.withingspg.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.withingspg.config.ConfigurationException;
import io.withingspg.config.Settings;
import io.withingspg.console.Ago;
import io.withingspg.resource.Resource;
import io.withingspg.resource.Resources;
import io.withingspg.store.Person;
import io.withingspg.store.Tokens;
import io.withingspg.token.KeyCheck;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Keys, tokens and limits: what the enrolled people need, and what stands in its way. Reads only, and makes no call. */
final class PeopleCheck {
    /** Of an application that has never registered a public HTTPS callback. */
    private static final int LINKED_WITHOUT_CALLBACK_MAX = 10;

    private static final int LINKED_FREE_MAX = 1000;
    private static final int CALLS_PER_MINUTE_MAX = 120;
    /** From here on there is little left for history, repeats and people at a screen. */
    private static final double LOAD_MAX = 0.8;

    private static final Duration ACCESS_LIFE = Duration.ofHours(3);
    private static final Duration REFRESH_LIFE = Duration.ofDays(365);
    /** serve renews every pair within a week. */
    private static final Duration REFRESH_AGE_USUAL = Duration.ofDays(14);

    private static final int LABEL_MAX = 28;

    /**
     * One person's finding.
     *
     * @param accessUntil null without tokens; likewise {@code pairStoredAt}
     */
    record OfPerson(
            Person person,
            Finding finding,
            @Nullable Instant accessUntil,
            @Nullable Instant pairStoredAt) {
        ObjectNode json() {
            return finding.json()
                    .put("user_id", person.userId())
                    .put("ref", person.ref())
                    .put("status", person.status())
                    .put("access_token_until", accessUntil == null ? null : accessUntil.toString())
                    .put("refresh_token_since", pairStoredAt == null ? null : pairStoredAt.toString());
        }
    }

    private final Settings settings;
    private final List<Person> people;
    private final Tokens tokens;
    private final Instant now;
    private @Nullable KeyCheck keys;

    PeopleCheck(Settings settings, List<Person> people, Tokens tokens, Instant now) {
        this.settings = settings;
        this.people = people;
        this.tokens = tokens;
        this.now = now;
    }

    /** Of keys alone, where there is no database to compare them with. */
    static Finding key(Settings settings) {
        try {
            return KeyCheck.of(settings)
                    .map(keys -> Finding.ok("key", names(keys.keyIds())))
                    .orElseGet(PeopleCheck::noKeyYet);
        } catch (ConfigurationException e) {
            return Finding.of("key", e);
        }
    }

    private static Finding noKeyYet() {
        return Finding.ok("key", "none yet: it is made in DATA_DIR when it is first needed");
    }

    private static String names(List<Integer> ids) {
        return ids.stream().map(KeyCheck::name).collect(Collectors.joining(", "));
    }

    Finding key() {
        var needed = tokens.keyIds();
        try {
            var found = KeyCheck.of(settings);
            if (found.isEmpty()) {
                return needed.isEmpty()
                        ? noKeyYet()
                        : Finding.problem(
                                "key",
                                "the key in DATA_DIR is gone, and the stored tokens need "
                                        + names(List.copyOf(needed.keySet())),
                                "restore token.key from a backup: without it everybody must consent again",
                                ExitCode.WRONG_USE);
            }
            found.get().requireAll(needed.keySet());
            keys = found.get();
            return key(found.get(), needed);
        } catch (ConfigurationException e) {
            return Finding.of("key", e);
        }
    }

    private static Finding key(KeyCheck keys, Map<Integer, Integer> needed) {
        var primary = keys.keyIds().getFirst();
        var others = needed.keySet().stream().filter(id -> !id.equals(primary)).toList();
        var holders = needed.values().stream().mapToInt(Integer::intValue).sum();
        var stored = needed.isEmpty() ? "no tokens are stored yet" : "opens the tokens of " + people(holders);
        return others.isEmpty()
                ? Finding.ok("key", KeyCheck.name(primary) + " " + stored)
                : Finding.warning(
                        "key",
                        KeyCheck.name(primary) + " encrypts, but tokens still need " + names(others),
                        "withings rekey, and then take the old key out");
    }

    private static String people(int count) {
        return count == 1 ? "1 person" : String.format(Locale.ROOT, "%,d people", count);
    }

    /** @param callback null where no application is configured */
    Finding plan(@Nullable URI callback) {
        var linked = Math.toIntExact(
                people.stream().filter(person -> !person.unlinked()).count());
        if (callback != null && !NetworkCheck.isPublic(callback) && linked >= LINKED_WITHOUT_CALLBACK_MAX) {
            return Finding.warning(
                    "plan",
                    people(linked) + " linked: without a public HTTPS callback, Withings stops at "
                            + LINKED_WITHOUT_CALLBACK_MAX,
                    "register one with Withings, and set WITHINGS_CALLBACK_URL to it");
        }
        if (linked >= LINKED_FREE_MAX * 9 / 10) {
            return Finding.warning(
                    "plan",
                    people(linked) + " linked: the free plan ends at 1,000 active users",
                    "if that is your plan, ask Withings for a larger one in time");
        }
        return Finding.ok(
                "plan",
                people(linked) + " linked of "
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
            if (isFetched(person)) {
                var asked = settings.sync().resources().stream()
                        .filter(name -> Resources.named(name).stream().anyMatch(one -> isGranted(person, one)))
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

    private boolean isFetched(Person person) {
        return person.active() && !person.isOver(LocalDate.ofInstant(now, ZoneOffset.UTC));
    }

    static boolean isGranted(Person person, Resource resource) {
        return person.scopes().isEmpty()
                || person.scopes().contains(resource.scope().id());
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

    /** After {@link #key}: without keys, nobody's tokens are opened. */
    List<OfPerson> each(List<Person> looked) {
        var found = new ArrayList<OfPerson>();
        for (var person : looked) {
            var stored = tokens.find(person.userId());
            found.add(new OfPerson(
                    person,
                    finding(person, stored),
                    stored.map(Tokens.Stored::expiresAt).orElse(null),
                    stored.map(Tokens.Stored::storedAt).orElse(null)));
        }
        return found;
    }

    private Finding finding(Person person, Optional<Tokens.Stored> stored) {
        var label = label(person);
        if (person.unlinked()) {
            return Finding.ok(label, "unlinked: nothing is fetched, the data stays");
        }
        if (!person.active()) {
            return Finding.problem(label, "must consent again: " + person.statusReason(), enrol(person));
        }
        if (stored.isEmpty()) {
            return Finding.problem(label, "active, but has no tokens", enrol(person));
        }
        var unopened = keys == null ? Optional.<String>empty() : keys.problem(person.userId(), stored.get());
        if (unopened.isPresent()) {
            return Finding.problem(label, "active, but the stored tokens do not open", enrol(person));
        }
        if (!isFetched(person)) {
            return Finding.ok(
                    label, "active, but fetched until " + person.bounds().until() + " only");
        }
        return active(person, label, stored.get());
    }

    private Finding active(Person person, String label, Tokens.Stored stored) {
        var age = Duration.between(stored.storedAt(), now);
        var told = "active; access token " + (stored.expiresAt().isAfter(now) ? "ends " : "ended ")
                + Ago.of(stored.expiresAt(), now) + ", pair renewed " + Ago.of(stored.storedAt(), now);
        if (age.compareTo(REFRESH_LIFE) >= 0) {
            return Finding.problem(label, told + ": a refresh token lives a year", enrol(person));
        }
        if (age.compareTo(REFRESH_AGE_USUAL) >= 0) {
            return Finding.warning(
                    label,
                    told + ", ends for good " + Ago.of(stored.storedAt().plus(REFRESH_LIFE), now),
                    "withings serve renews every pair within a week: let it run");
        }
        var refused = settings.sync().resources().stream()
                .flatMap(name -> Resources.named(name).stream())
                .filter(resource -> !isGranted(person, resource))
                .toList();
        return refused.isEmpty()
                ? Finding.ok(label, told)
                : Finding.warning(
                        label,
                        told + "; did not grant "
                                + refused.stream()
                                        .map(resource -> resource.scope().id())
                                        .distinct()
                                        .collect(Collectors.joining(", "))
                                + ", so no "
                                + refused.stream().map(Resource::name).collect(Collectors.joining(", ")),
                        "nothing if that is the person's wish; else another consent, " + enrol(person));
    }

    private static String enrol(Person person) {
        var ref = person.ref();
        return ref == null
                ? "withings enrol"
                : "withings enrol --ref " + (ref.matches("[\\w.@+-]+") ? ref : "'" + ref.replace("'", "'\\''") + "'");
    }

    /** Short enough for a column. */
    static String label(Person person) {
        return person.label().length() <= LABEL_MAX ? person.label() : Long.toString(person.userId());
    }
}
