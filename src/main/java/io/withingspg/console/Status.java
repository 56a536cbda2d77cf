package io.withingspg.console;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.withingspg.store.Drift.Sighting;
import io.withingspg.store.Overview;
import io.withingspg.store.Overview.PersonState;
import io.withingspg.store.Overview.Rejected;
import io.withingspg.store.Overview.ResourceState;
import io.withingspg.store.Person;
import io.withingspg.store.ReaderLogin;
import io.withingspg.withings.Scope;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@code status} and the console tell: the same, as JSON here and as text and HTML elsewhere. */
public final class Status {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Overview overview;
    private final List<String> resources;
    private final Clock clock;

    public Status(Overview overview, List<String> resources, Clock clock) {
        this.overview = overview;
        this.resources = resources;
        this.clock = clock;
    }

    /** @param userIds empty for everybody */
    public List<PersonState> people(Collection<Long> userIds) {
        return overview.read(userIds, resources);
    }

    /** Why records could not be read. */
    public List<Rejected> rejected(Collection<Long> userIds) {
        return overview.rejected(userIds);
    }

    /** What came and is not known here. */
    public List<Sighting> drift(Collection<Long> userIds) {
        return overview.drift(userIds);
    }

    /** How reports get at the data. */
    public ReaderLogin reader() {
        return overview.readerLogin();
    }

    public Instant now() {
        return clock.instant();
    }

    boolean databaseAnswers() {
        return overview.answers();
    }

    /** Somebody's status, and whether their time is over. */
    public static String standing(Person person, Instant now) {
        return person.active() && person.isOver(now)
                ? "active, but fetched until " + person.bounds().until() + " only"
                : person.status();
    }

    /** Scopes that were asked for and not granted. */
    public static List<String> missingScopes(PersonState state) {
        return Scope.missing(state.person().scopes());
    }

    public String json(Collection<Long> userIds) {
        var now = now();
        var root = JSON.createObjectNode().put("generated_at", now.toString());
        var users = root.putArray("users");
        people(userIds).forEach(state -> users.add(json(state, now)));
        var rejected = root.putArray("rejected");
        rejected(userIds).forEach(reason -> rejected.add(json(reason)));
        var drift = root.putArray("drift");
        drift(userIds).forEach(sighting -> drift.add(json(sighting)));
        root.set("reader", json(reader()));
        return root.toPrettyString();
    }

    private static ObjectNode json(PersonState state, Instant now) {
        var person = state.person();
        var node = JSON.createObjectNode()
                .put("user_id", person.userId())
                .put("ref", person.ref())
                .put("status", person.status())
                .put("status_reason", person.statusReason())
                .put("enrolled_at", person.enrolledAt().toString())
                .put("fetch_from", text(person.bounds().from()))
                .put("fetch_until", text(person.bounds().until()))
                .put("over", person.isOver(now))
                .put("rows", state.rows())
                .put("rejects", state.rejects());
        person.scopes().forEach(node.putArray("scopes")::add);
        missingScopes(state).forEach(node.putArray("missing_scopes")::add);
        var resources = node.putArray("resources");
        state.resources().forEach(resource -> resources.add(json(resource)));
        return node;
    }

    private static ObjectNode json(Rejected reason) {
        return JSON.createObjectNode()
                .put("resource", reason.resource())
                .put("reason", reason.reason())
                .put("records", reason.records())
                .put("people", reason.people())
                .put("last_seen_at", reason.lastSeenAt().toString());
    }

    private static ObjectNode json(Sighting sighting) {
        return JSON.createObjectNode()
                .put("kind", sighting.kind())
                .put("name", sighting.name())
                .put("shape", sighting.shape())
                .put("first_seen_at", sighting.firstSeenAt().toString())
                .put("last_seen_at", sighting.lastSeenAt().toString())
                .put("rows", sighting.rows())
                .put("people", sighting.people());
    }

    private static ObjectNode json(ReaderLogin reader) {
        return JSON.createObjectNode()
                .put("url", reader.url())
                .put("service", String.join("\n", reader.service()) + "\n")
                .put("may_log_in", reader.mayLogIn());
    }

    private static ObjectNode json(ResourceState state) {
        return JSON.createObjectNode()
                .put("resource", state.resource())
                .put("last_row_at", text(state.lastRowAt()))
                .put("last_success_at", text(state.lastSuccessAt()))
                .put("next_due_at", state.nextDueAt().toString())
                .put("rows", state.rows())
                .put("rejects", state.rejects())
                .put("consecutive_failures", state.failures())
                .put("outcome", state.outcome())
                .put("error", state.error());
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }
}
