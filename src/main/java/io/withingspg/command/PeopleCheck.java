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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The key, and the tokens it opens: whether something can be fetched of each person. Reads only, and makes no call. */
final class PeopleCheck {
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
        var stored = needed.isEmpty() ? "no tokens are stored yet" : "opens the tokens of " + count(holders);
        return others.isEmpty()
                ? Finding.ok("key", KeyCheck.name(primary) + " " + stored)
                : Finding.warning(
                        "key",
                        KeyCheck.name(primary) + " encrypts, but tokens still need " + names(others),
                        "withings rekey, and then take the old key out");
    }

    static String count(int count) {
        return count == 1 ? "1 person" : String.format(Locale.ROOT, "%,d people", count);
    }

    /** After {@link #key}: without keys, nobody's tokens are opened. */
    List<OfPerson> each() {
        var found = new ArrayList<OfPerson>();
        for (var person : people) {
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
        if (!isFetched(person, now)) {
            return Finding.ok(
                    label, "active, but fetched until " + person.bounds().until() + " only");
        }
        return active(person, label, stored.get());
    }

    private Finding active(Person person, String label, Tokens.Stored stored) {
        var age = Duration.between(stored.storedAt(), now);
        var told = "active; token " + (stored.expiresAt().isAfter(now) ? "ends " : "ended ")
                + Ago.of(stored.expiresAt(), now) + ", renewed " + Ago.of(stored.storedAt(), now);
        if (age.compareTo(REFRESH_LIFE) >= 0) {
            return Finding.problem(label, told + ": a refresh token lives a year", enrol(person));
        }
        if (age.compareTo(REFRESH_AGE_USUAL) >= 0) {
            return Finding.warning(
                    label,
                    told + ", ends for good " + Ago.of(stored.storedAt().plus(REFRESH_LIFE), now),
                    "withings serve renews every pair within a week: let it run");
        }
        if (keys == null) {
            return Finding.warning(label, told + "; not opened", "see what is said of the key");
        }
        var refused = settings.sync().resources().stream()
                .flatMap(name -> Resources.named(name).stream())
                .filter(resource -> !resource.scope().isGranted(person.scopes()))
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

    static boolean isFetched(Person person, Instant now) {
        return person.active() && !person.isOver(now);
    }

    /** Short enough for a column. */
    static String label(Person person) {
        return person.label().length() <= LABEL_MAX ? person.label() : Long.toString(person.userId());
    }
}
