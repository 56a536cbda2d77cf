package io.withingspg.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.withingspg.config.ConfigurationException;
import io.withingspg.config.Settings;
import io.withingspg.enrol.Invites;
import io.withingspg.store.Invitations;
import io.withingspg.store.Invitations.Invitation;
import io.withingspg.store.Invitations.State;
import io.withingspg.store.People;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "invite",
        description = {
            "Make a link that lets one person enrol, once, under the reference you choose. Send it to that person only.",
            "The link is shown here and kept nowhere; it is used up when somebody's consent is stored."
        },
        mixinStandardHelpOptions = true,
        subcommands = {InviteCommand.ListInvitations.class, InviteCommand.RevokeInvitation.class})
final class InviteCommand implements Callable<Integer> {
    private static final Duration LIFE_MIN = Duration.ofMinutes(1);
    private static final Duration LIFE_MAX = Duration.ofDays(365);

    private final Configured configured;

    @Spec
    CommandSpec spec;

    @Option(names = "--ref", paramLabel = "R", description = "Your own name for this person.")
    @Nullable
    String ref;

    @Option(
            names = "--expires",
            paramLabel = "7d",
            defaultValue = "7d",
            description = "How long the link can be used, from 1m to 365d (default: ${DEFAULT-VALUE}).")
    Duration life = Duration.ZERO;

    InviteCommand(Configured configured) {
        this.configured = configured;
    }

    @Override
    public Integer call() {
        if (ref == null) {
            throw new ConfigurationException("--ref is missing: say who is invited, by your own name for this person");
        }
        if (!People.isUsable(ref)) {
            throw new ConfigurationException("--ref is not usable: at most 200 readable characters");
        }
        if (life.compareTo(LIFE_MIN) < 0 || life.compareTo(LIFE_MAX) > 0) {
            throw new ConfigurationException("--expires needs a duration from 1m to 365d");
        }
        var settings = configured.settings();
        var callbackUrl = Service.application(settings).callbackUrl();
        try (var database = Configured.database(settings)) {
            var clock = Clock.systemUTC();
            var invite = new Invites(new Invitations(database.sql()), callbackUrl, clock).make(ref, life);
            var err = spec.commandLine().getErr();
            err.println("Invitation " + invite.id() + " for " + ref + ", good until " + shortened(invite.expiresAt())
                    + " and for one person. Send it to nobody else:");
            spec.commandLine().getOut().println(invite.link());
            spec.commandLine().getOut().flush();
            if (new People(database.sql()).findByRef(ref).isPresent()) {
                err.println("Note: " + ref + " is enrolled already; the link lets this person consent again.");
            }
            if (Settings.Web.isLoopback(callbackUrl.getHost())) {
                err.println("Note: it opens on this machine only, as WITHINGS_CALLBACK_URL says "
                        + callbackUrl.getHost() + ".");
            }
            return ExitCode.DONE;
        }
    }

    private static String shortened(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MINUTES)
                        .toString()
                        .replace("T", " ")
                        .replace(":00Z", "") + " UTC";
    }

    @Command(
            name = "list",
            description = "List invitations: who was invited, and what became of it.",
            mixinStandardHelpOptions = true)
    static final class ListInvitations implements Callable<Integer> {
        private final Configured configured;

        @Spec
        CommandSpec spec;

        @Option(names = "--json", description = "Print as JSON.")
        boolean json;

        ListInvitations(Configured configured) {
            this.configured = configured;
        }

        @Override
        public Integer call() {
            try (var database = Configured.database(configured.settings())) {
                var invitations =
                        new Invitations(database.sql()).list(Clock.systemUTC().instant());
                var out = spec.commandLine().getOut();
                if (json) {
                    out.println(array(invitations));
                } else if (invitations.isEmpty()) {
                    spec.commandLine().getErr().println("Nobody is invited yet: withings invite --ref R");
                } else {
                    var table = new Table("id", "ref", "state", "made", "expires", "used by");
                    invitations.forEach(invitation -> table.row(
                            Long.toString(invitation.id()),
                            invitation.ref(),
                            invitation.state().label(),
                            shortened(invitation.createdAt()),
                            shortened(invitation.expiresAt()),
                            invitation.usedBy() == null ? "–" : Long.toString(invitation.usedBy())));
                    out.print(table);
                }
                return ExitCode.DONE;
            }
        }

        private static String array(List<Invitation> invitations) {
            var array = new ObjectMapper().createArrayNode();
            invitations.forEach(invitation -> array.addObject()
                    .put("invitation_id", invitation.id())
                    .put("ref", invitation.ref())
                    .put("state", invitation.state().label())
                    .put("created_at", invitation.createdAt().toString())
                    .put("expires_at", invitation.expiresAt().toString())
                    .put("used_at", Objects.toString(invitation.usedAt(), null))
                    .put("used_by", invitation.usedBy())
                    .put("revoked_at", Objects.toString(invitation.revokedAt(), null)));
            return array.toPrettyString();
        }
    }

    @Command(
            name = "revoke",
            description = "Take invitations back: one by its id, or all open ones of a reference.",
            mixinStandardHelpOptions = true)
    static final class RevokeInvitation implements Callable<Integer> {
        private final Configured configured;

        @Spec
        CommandSpec spec;

        @Parameters(paramLabel = "ID", arity = "0..1", description = "As withings invite list shows it.")
        @Nullable
        Long id;

        @Option(names = "--ref", paramLabel = "R", description = "All open ones of this reference.")
        @Nullable
        String ref;

        RevokeInvitation(Configured configured) {
            this.configured = configured;
        }

        @Override
        public Integer call() {
            if ((id == null) == (ref == null)) {
                throw new ConfigurationException("give either the ID of an invitation or --ref: withings invite list");
            }
            try (var database = Configured.database(configured.settings())) {
                var invitations = new Invitations(database.sql());
                var now = Clock.systemUTC().instant();
                if (id != null) {
                    revoke(invitations, id, now);
                } else if (ref != null) {
                    revokeAll(invitations, ref, now);
                }
                return ExitCode.DONE;
            }
        }

        private void revoke(Invitations invitations, long which, Instant now) {
            if (!invitations.revoke(which, now)) {
                var invitation = invitations
                        .find(which, now)
                        .orElseThrow(() -> new ConfigurationException(
                                "invitation " + which + " is not known: withings invite list shows all"));
                if (invitation.state() == State.USED) {
                    throw new ConfigurationException("invitation " + which + " was used already: withings users remove "
                            + invitation.usedBy() + " ends what it began");
                }
                say("Invitation " + which + " for " + invitation.ref() + " was "
                        + invitation.state().label() + " already.");
                return;
            }
            say("Revoked invitation " + which + ".");
        }

        private void revokeAll(Invitations invitations, String whose, Instant now) {
            var count = invitations.revokeAll(whose, now);
            if (count == 0) {
                throw new ConfigurationException(
                        "there is no open invitation for " + whose + ": withings invite list shows all");
            }
            say("Revoked " + count + (count == 1 ? " invitation" : " invitations") + " for " + whose + ".");
        }

        private void say(String line) {
            spec.commandLine().getOut().println(line);
        }
    }
}
