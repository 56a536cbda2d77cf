package io.withingspg.console;

import static io.withingspg.console.WebPage.escaped;

import io.withingspg.store.Overview.PersonState;
import io.withingspg.store.Overview.ResourceState;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** The console: whose data is here, how fresh it is, and what went wrong. */
final class StatusPage {
    /** Those with troubles come first. */
    private static final int PEOPLE_SHOWN_MAX = 100;

    private StatusPage() {}

    /**
     * What the owner can press.
     *
     * @param logOut where there is a session to end
     * @param syncNow where somebody would come
     * @param beingSynced whose data is being fetched right now
     */
    record Buttons(boolean logOut, boolean syncNow, Set<Long> beingSynced) {}

    static WebPage of(List<PersonState> people, Instant now, Buttons buttons) {
        var main = new StringBuilder("<div class=row><h1>withings-postgres</h1>")
                .append(buttons.logOut() ? button("/logout", "Log out", "") : "")
                .append("</div>");
        main.append("<p class=soft>As of ")
                .append(now.truncatedTo(ChronoUnit.SECONDS)
                        .atOffset(ZoneOffset.UTC)
                        .toString()
                        .replace('T', ' '))
                .append("</p>");
        main.append(tiles(people));
        if (people.isEmpty()) {
            main.append(
                    "<section><h2>Nobody is enrolled yet</h2><p>Open the link below, log in to Withings and allow"
                            + " access. History arrives within minutes.</p><a class=button href=\"/authorize\">Enrol somebody</a></section>");
        }
        people.stream()
                .sorted(Comparator.comparing(StatusPage::isWell))
                .limit(PEOPLE_SHOWN_MAX)
                .forEach(person -> main.append(section(person, now, buttons)));
        if (people.size() > PEOPLE_SHOWN_MAX) {
            main.append("<p class=soft>")
                    .append(people.size() - PEOPLE_SHOWN_MAX)
                    .append(" more: <code>withings status --json</code></p>");
        }
        if (!people.isEmpty()) {
            main.append("<a class=button href=\"/authorize\">Enrol somebody</a>");
        }
        return new WebPage(200, "Status", main.toString());
    }

    private static boolean isWell(PersonState state) {
        return state.person().active()
                && state.rejects() == 0
                && state.resources().stream().allMatch(resource -> resource.error() == null);
    }

    private static String tiles(List<PersonState> people) {
        var needing = people.stream().filter(state -> !state.person().active()).count();
        return "<section class=tiles><div><b>%d</b>people</div><div><b>%s</b>rows</div><div><b%s>%d</b>not synced</div><div><b%s>%s</b>rejected records</div></section>"
                .formatted(
                        people.size(),
                        grouped(people.stream().mapToLong(PersonState::rows).sum()),
                        needing > 0 ? " class=bad" : "",
                        needing,
                        people.stream().anyMatch(state -> state.rejects() > 0) ? " class=wait" : "",
                        grouped(people.stream().mapToLong(PersonState::rejects).sum()));
    }

    private static String section(PersonState state, Instant now, Buttons buttons) {
        var person = state.person();
        var reason = person.statusReason() == null ? "" : " – " + escaped(person.statusReason());
        var missing = Status.missingScopes(state);
        return "<section><div class=row><h2>%s <span class=soft>%s</span></h2>%s</div><p><span class=%s>%s</span>%s%s</p>%s</section>"
                .formatted(
                        escaped(person.ref() == null ? "User " + person.userId() : person.ref()),
                        person.ref() == null ? "" : person.userId(),
                        syncNow(state, buttons),
                        person.active() ? "good" : "bad",
                        escaped(Status.standing(person, now)),
                        reason,
                        missing.isEmpty()
                                ? ""
                                : " · <span class=wait>not granted: " + String.join(", ", missing) + "</span>",
                        table(state.resources(), now));
    }

    private static String syncNow(PersonState state, Buttons buttons) {
        var person = state.person();
        if (buttons.beingSynced().contains(person.userId())) {
            return "<span class=soft>syncing now</span>";
        }
        return buttons.syncNow() && person.active()
                ? button(
                        "/users/" + person.userId() + "/runs",
                        "Sync now",
                        " aria-label=\"Sync " + escaped(person.label()) + " now\"")
                : "";
    }

    private static String button(String action, String text, String attributes) {
        return "<form method=post action=\"%s\"><button class=quiet%s>%s</button></form>"
                .formatted(action, attributes, text);
    }

    private static String table(List<ResourceState> resources, Instant now) {
        return resources.stream()
                .map(resource -> row(resource, now))
                .collect(Collectors.joining(
                        "",
                        "<table><tr><th>Resource<th>Newest row<th>Last synced<th>Next<th class=number>Rows<th class=number>Rejected<th></tr>",
                        "</table>"));
    }

    private static String row(ResourceState state, Instant now) {
        var trouble = state.error() == null
                ? ""
                : escaped(state.error()) + (state.failures() > 1 ? " (" + state.failures() + " times)" : "");
        return "<tr><td>%s<td>%s<td>%s<td>%s<td class=number>%s<td class=\"number%s\">%s<td class=\"note bad\">%s</tr>"
                .formatted(
                        state.resource(),
                        state.lastRowAt() == null ? "–" : Ago.of(state.lastRowAt(), now),
                        Ago.of(state.lastSuccessAt(), now),
                        state.nextDueAt().isAfter(now) ? Ago.of(state.nextDueAt(), now) : "due",
                        grouped(state.rows()),
                        state.rejects() > 0 ? " wait" : "",
                        grouped(state.rejects()),
                        trouble);
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
