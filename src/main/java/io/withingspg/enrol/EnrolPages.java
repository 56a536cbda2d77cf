package io.withingspg.enrol;

import static io.withingspg.console.WebPage.escaped;

import io.withingspg.console.WebPage;
import io.withingspg.store.Invitations;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What people read on their way through a consent. None names anybody but the reader. */
final class EnrolPages {
    private static final int ERROR_LENGTH_MAX = 100;

    private EnrolPages() {}

    static WebPage linked(Consents.Ended.Linked ended, Devices devices) {
        var reference = ended.ref() == null ? "" : "<tr><th>Reference<td>" + escaped(ended.ref()) + "</tr>";
        var missing = ended.missing().isEmpty()
                ? ""
                : "<p class=wait>Not granted: " + String.join(", ", ended.missing())
                        + ". Nothing new of it is fetched until it is allowed: open the enrolment link again to do so.</p>";
        return page(
                200,
                ended.first() ? "Enrolled" : "Welcome back",
                "<p>This account is " + (ended.first() ? "now linked" : "linked again") + ":</p>"
                        + "<section><table><tr><th>Withings user<td>" + ended.userId() + "</tr>" + reference
                        + "<tr><th>Devices<td class=note>" + devices(devices) + "</tr></table></section>" + missing
                        + "<p>The history comes next; you can close this page.</p>"
                        + "<p class=soft>Not your account or not your devices? Then this browser is logged in to somebody"
                        + " else's Withings account: tell whoever sent you here.</p>");
    }

    private static String devices(Devices devices) {
        return switch (devices) {
            case Devices.Listed(List<String> names) when names.isEmpty() -> "none are linked to this account";
            case Devices.Listed(List<String> names) ->
                names.stream().map(WebPage::escaped).collect(Collectors.joining("<br>"));
            case Devices.NotGranted() -> "not to be seen, as user.info was not granted";
            case Devices.Later() -> "Withings has not told them yet; they come with the history";
        };
    }

    static WebPage declined() {
        return page(
                200,
                "Not enrolled",
                "<p>Access was refused at Withings, so nothing is stored and nothing will be fetched."
                        + " If that was a mistake, open the enrolment link again.</p>");
    }

    /** @param error anybody can put anything there */
    static WebPage failed(String error) {
        return page(
                502,
                "Withings could not ask for your consent",
                "<p>It answered <code>" + escaped(shortened(error)) + "</code>, and nothing was stored.</p>"
                        + "<p>Open the enrolment link again in a few minutes. If it happens again, tell the owner of this"
                        + " installation what Withings answered: the application registered there may not be allowed"
                        + " what it asks for.</p>");
    }

    static String shortened(String error) {
        var printable = error.replaceAll("[\\p{C}\\s]+", " ").strip();
        return printable.length() <= ERROR_LENGTH_MAX ? printable : printable.substring(0, ERROR_LENGTH_MAX) + "…";
    }

    static WebPage unconfirmed(String reason) {
        return page(
                502,
                "Withings did not confirm the consent",
                "<p>" + escaped(reason)
                        + "</p><p>Nothing was stored. Open the enrolment link again and consent once more.</p>");
    }

    static WebPage stale() {
        return page(
                403,
                "This link is no longer valid",
                "<p>A consent counts once, and within ten minutes. Open the enrolment link again.</p>");
    }

    static WebPage elsewhere() {
        return page(
                403,
                "Finish in the browser you began in",
                "<p>This consent was begun in another browser, or this one keeps no cookies. Nothing was stored.</p>"
                        + "<p>Go back to the browser in which you opened the enrolment link, or open the link again here,"
                        + " with cookies allowed, and consent once more.</p>"
                        + "<p class=soft>If somebody sent you the address of this very page, do not go on: it would link"
                        + " their Withings account in your name.</p>");
    }

    /** The trap that binds one person's name to another person's data: a browser that is still logged in. */
    static WebPage refused() {
        return page(
                409,
                "This is another account",
                "<p>The Withings account that this browser is logged in to, and the enrolment link you opened, do not belong"
                        + " together: one of them is already known here otherwise. So nobody was linked.</p>"
                        + "<p>Most often the browser is still logged in to the account of whoever used it before you.</p>"
                        + "<ol><li>Log out of Withings in this browser, at <b>account.withings.com</b>."
                        + "<li>Open the enrolment link again.<li>Log in as yourself, and allow access.</ol>"
                        + "<p class=soft>Are you sure that it is your own account? Then ask the owner of this installation"
                        + " for a new link.</p>");
    }

    static WebPage busy() {
        return page(
                409,
                "This link is being used right now",
                "<p>Somebody is being enrolled with the same link this very moment, so your consent was not taken.</p>"
                        + "<p>If that was you, in another tab, all is well there. If not, wait three minutes, open the link again,"
                        + " and ask for a link of your own should it be used up.</p>");
    }

    /** @param state null where there is no such invitation */
    static WebPage notInvited(Invitations.@Nullable State state) {
        var title =
                switch (state) {
                    case null -> "This invitation is not known";
                    case OPEN -> throw new IllegalArgumentException("an open invitation is no reason");
                    case USED -> "This invitation was used";
                    case EXPIRED -> "This invitation has run out";
                    case REVOKED -> "This invitation was taken back";
                };
        var reason =
                switch (state) {
                    case null -> "Perhaps a part of the link was lost on its way.";
                    case USED -> "A link enrols one person, once. If that was you, there is nothing left to do.";
                    default -> "It cannot be used any more.";
                };
        return page(403, title, "<p>" + reason + "</p><p>Else ask the owner of this installation for a new link.</p>");
    }

    static WebPage closed() {
        return page(
                403, "Enrolment is by invitation", "<p>Ask the owner of this installation for a link of your own.</p>");
    }

    static WebPage unusable() {
        return page(400, "Reference not usable", "<p>Use at most 200 letters, digits and signs.</p>");
    }

    static WebPage crowded() {
        return page(
                503,
                "Too many at once",
                "<p>Too many consents are under way. Open the link again in a few minutes.</p>");
    }

    static WebPage databaseGone() {
        return page(
                503,
                "The database does not answer",
                "<p>Nobody was linked. Open the enrolment link again in a few minutes.</p>");
    }

    private static WebPage page(int status, String title, String main) {
        return new WebPage(status, title, "<h1>" + title + "</h1>" + main);
    }
}
