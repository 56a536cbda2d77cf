package io.withingspg.enrol;

import io.withingspg.config.Settings;
import io.withingspg.store.ConsentStates;
import io.withingspg.store.ConsentStates.Consent;
import io.withingspg.store.Enrolments;
import io.withingspg.store.Invitations;
import io.withingspg.store.Invitations.Claim;
import io.withingspg.store.Invitations.Claiming;
import io.withingspg.store.People;
import io.withingspg.store.Person;
import io.withingspg.token.Authority;
import io.withingspg.token.Vault;
import io.withingspg.withings.CallFailure;
import io.withingspg.withings.Scope;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jooq.exception.DataAccessException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Begins consents and finishes them. */
public final class Consents {
    static final Duration STATE_LIFE = Duration.ofMinutes(10);

    private static final Logger LOG = LoggerFactory.getLogger(Consents.class);

    private final ConsentStates states;
    private final Invitations invitations;
    private final Enrolments enrolments;
    private final People people;
    private final Authority authority;
    private final Vault vault;
    private final Settings.Application application;
    private final URI authorizeUrl;
    private final List<String> resources;
    private final Clock clock;
    /** How far the consents of {@link #begin(String)} have come, by their states. */
    private final Map<String, Stage> atTerminal = new ConcurrentHashMap<>();

    private enum Stage {
        AWAITED,
        /** To this very process. */
        RETURNED,
        /** Here, and nobody was linked. */
        FAILED
    }

    public Consents(
            ConsentStates states,
            Invitations invitations,
            Enrolments enrolments,
            People people,
            Authority authority,
            Vault vault,
            Settings.Application application,
            URI authorizeUrl,
            List<String> resources,
            Clock clock) {
        this.states = states;
        this.invitations = invitations;
        this.enrolments = enrolments;
        this.people = people;
        this.authority = authority;
        this.vault = vault;
        this.application = application;
        this.authorizeUrl = authorizeUrl;
        this.resources = resources;
        this.clock = clock;
    }

    /** Whether a consent may begin. */
    public sealed interface Beginning {
        /**
         * It is under way.
         *
         * @param url where the person goes to allow it
         */
        record Begun(URI url, String state) implements Beginning {
            @Override
            public String toString() {
                return "Begun";
            }
        }

        /** Too many are under way. */
        record Crowded() implements Beginning {}

        /** @param state why not; null where there is no such invitation */
        record NotInvited(Invitations.@Nullable State state) implements Beginning {}
    }

    /**
     * With what Withings sends a person back. A code lives 30 seconds and opens somebody's data.
     *
     * @param code null where the consent was refused or failed
     * @param error {@code access_denied} where it was refused; null where all is well
     */
    public record Return(
            String state, @Nullable String code, @Nullable String error) {
        @Override
        public String toString() {
            return "Return";
        }
    }

    /** How a consent ended. */
    public sealed interface Ended {
        /**
         * @param ref under which the person stands from now on; null if under none
         * @param missing scopes that were asked for and not granted
         */
        record Linked(long userId, @Nullable String ref, boolean first, List<String> missing) implements Ended {}

        /** The person said no. */
        record Declined() implements Ended {}

        /** Withings could not ask the person. */
        record Failed(String error) implements Ended {}

        /** The {@code state} is unknown, used or expired. */
        record Stale() implements Ended {}

        /** It began in another browser. */
        record Elsewhere() implements Ended {}

        /** Somebody else is being enrolled with this invitation this moment. */
        record Busy() implements Ended {}

        /** The invitation was used, revoked or ran out meanwhile. */
        record NotInvited(Invitations.State state) implements Ended {}

        /** @param reason for the owner: it names other people */
        record Refused(String reason) implements Ended {}
    }

    /**
     * At the owner's terminal: whatever browser comes back may finish it.
     *
     * @param ref the owner's own name for the person; null if none
     */
    public Beginning.Begun begin(@Nullable String ref) {
        var state = Unguessable.fresh();
        atTerminal.put(state, Stage.AWAITED);
        add(state, null, new Consent(ref, null, /* atTerminal= */ true));
        return begun(state);
    }

    /**
     * @param ref the owner's own name for the person; null if none
     * @param browser alone may finish it
     */
    Beginning begin(@Nullable String ref, String browser) {
        return begin(browser, new Consent(ref, null, /* atTerminal= */ false));
    }

    /** With an invitation, which stays open until somebody's consent is stored: links are opened by machines too. */
    Beginning accept(String invite, String browser) {
        var invitation = invitations.find(Unguessable.hash(invite), clock.instant());
        if (invitation.isEmpty()) {
            return new Beginning.NotInvited(null);
        }
        if (invitation.get().state() != Invitations.State.OPEN) {
            return new Beginning.NotInvited(invitation.get().state());
        }
        var consent = new Consent(invitation.get().ref(), invitation.get().id(), /* atTerminal= */ false);
        return begin(browser, consent);
    }

    private Beginning begin(String browser, Consent consent) {
        var state = Unguessable.fresh();
        return add(state, Unguessable.hash(browser), consent) ? begun(state) : new Beginning.Crowded();
    }

    private boolean add(String state, byte @Nullable [] browserHash, Consent consent) {
        var now = clock.instant();
        return states.add(Unguessable.hash(state), browserHash, consent, now, now.plus(STATE_LIFE));
    }

    private Beginning.Begun begun(String state) {
        var query = Stream.of(
                        parameter("response_type", "code"),
                        parameter("client_id", application.clientId()),
                        parameter("scope", Scope.all()),
                        parameter("redirect_uri", application.callbackUrl().toString()),
                        parameter("state", state))
                .collect(Collectors.joining("&"));
        var separator = authorizeUrl.getRawQuery() == null ? "?" : "&";
        return new Beginning.Begun(URI.create(authorizeUrl + separator + query), state);
    }

    private static String parameter(String name, String value) {
        return name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    /**
     * In a browser.
     *
     * @param browser null where it came without our cookie
     * @throws CallFailure where Withings does not answer or refuses the code
     */
    Ended finish(Return back, @Nullable String browser) {
        if (!Unguessable.isWellFormed(back.state())) {
            return new Ended.Stale(); // made up: no need to ask the database
        }
        var hash = browser == null ? null : Unguessable.hash(browser);
        var failed = true;
        reached(back, Stage.RETURNED); // before others can see that it is no longer awaited
        try {
            var ended = ended(states.take(Unguessable.hash(back.state()), hash, clock.instant()), back, "callback");
            // A page that was loaded again says nothing of how the first one ends.
            failed = !(ended instanceof Ended.Linked || ended instanceof Ended.Stale);
            return ended;
        } finally {
            if (failed) {
                reached(back, Stage.FAILED);
            }
        }
    }

    private void reached(Return back, Stage stage) {
        atTerminal.computeIfPresent(back.state(), (_, before) -> stage.compareTo(before) > 0 ? stage : before);
    }

    /**
     * At the owner's terminal.
     *
     * @throws CallFailure where Withings does not answer or refuses the code
     */
    public Ended finishByHand(Return back) {
        return ended(states.take(Unguessable.hash(back.state()), clock.instant()), back, "enrol");
    }

    private Ended ended(ConsentStates.Returned returned, Return back, String command) {
        return switch (returned) {
            case ConsentStates.Returned.Stale() -> new Ended.Stale();
            case ConsentStates.Returned.Elsewhere() -> new Ended.Elsewhere();
            case ConsentStates.Returned.Good(var consent) -> {
                if (back.error() != null && !back.error().equals("access_denied")) {
                    yield new Ended.Failed(back.error());
                }
                yield back.error() != null || back.code() == null || back.code().isBlank()
                        ? new Ended.Declined()
                        : claimed(consent, back.code(), command);
            }
        };
    }

    /** Of two who come back with one invitation at once, one is enrolled and the other's code is not even spent. */
    private Ended claimed(Consent consent, String code, String command) {
        if (consent.invitationId() == null) {
            return linked(consent, code, null, command);
        }
        return switch (invitations.claim(consent.invitationId(), clock.instant())) {
            case Claiming.Busy() -> new Ended.Busy();
            case Claiming.NotOpen(var state) -> new Ended.NotInvited(state);
            case Claiming.Had(var claim) -> {
                try {
                    var ended = linked(consent, code, claim, command);
                    if (!(ended instanceof Ended.Linked)) {
                        release(claim);
                    }
                    yield ended;
                } catch (RuntimeException e) {
                    release(claim);
                    throw e;
                }
            }
        };
    }

    /** A failure here must not hide the one that led here; the claim ends by itself in three minutes. */
    private void release(Claim claim) {
        try {
            invitations.release(claim);
        } catch (DataAccessException e) {
            LOG.warn(
                    "invitation {} is open again in three minutes: the database does not answer", claim.invitationId());
        }
    }

    private Ended linked(Consent consent, String code, @Nullable Claim claim, String command) {
        var grant = authority.exchange(code);
        try {
            var first = enrolments.enrol(new Enrolments.Authorisation(
                    grant.userId(),
                    consent.ref(),
                    grant.scopes(),
                    () -> grant.sealed(vault),
                    resources,
                    consent.atTerminal() ? Enrolments.Origin.CONSENT_AT_TERMINAL : Enrolments.Origin.CONSENT,
                    claim,
                    command,
                    clock.instant()));
            return new Ended.Linked(grant.userId(), ref(consent, grant.userId()), first, Scope.missing(grant.scopes()));
        } catch (People.Taken e) {
            if (!e.kept()) {
                revoke(grant.userId());
            }
            var state = claim == null ? null : state(claim);
            return state == null || state == Invitations.State.OPEN
                    ? new Ended.Refused(String.valueOf(e.getMessage()))
                    : new Ended.NotInvited(state);
        }
    }

    /** The one the person came with, or else has. */
    private @Nullable String ref(Consent consent, long userId) {
        return consent.ref() != null
                ? consent.ref()
                : people.find(userId).map(Person::ref).orElse(null);
    }

    private Invitations.@Nullable State state(Claim claim) {
        return invitations
                .find(claim.invitationId(), clock.instant())
                .map(Invitations.Invitation::state)
                .orElse(null);
    }

    /** An authorisation nobody uses must not stay behind at Withings. Ends all of the account's, so not of an enrolled one. */
    private void revoke(long userId) {
        if (people.find(userId).filter(Person::active).isPresent()) {
            return;
        }
        try {
            authority.revoke(userId);
        } catch (CallFailure e) {
            LOG.warn("user {}: the refused consent could not be revoked at Withings: {}", userId, e.getMessage());
        }
    }

    /** Whether nobody came back from this consent yet. */
    public boolean awaits(String state) {
        return states.awaited(Unguessable.hash(state));
    }

    /** Whether somebody came back to this process from a consent that began at its terminal, and not to another one. */
    public boolean returnedHere(String state) {
        return atTerminal.getOrDefault(state, Stage.AWAITED) != Stage.AWAITED;
    }

    /** Whether that came to nothing, as the page in the browser says. */
    public boolean failedHere(String state) {
        return atTerminal.get(state) == Stage.FAILED;
    }
}
