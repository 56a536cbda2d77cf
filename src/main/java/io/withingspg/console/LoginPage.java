package io.withingspg.console;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Where the owner shows the password. */
final class LoginPage {
    private LoginPage() {}

    /** @param home where to log in instead, because the browser would not keep the session here; null where it would */
    static WebPage of(boolean guessed, @Nullable String home) {
        return page(401, guessed ? "This is not the password." : null, home);
    }

    static WebPage tooOften(Duration wait) {
        return page(429, "Too many wrong passwords. Try again in " + seconds(wait) + " seconds.", null);
    }

    /** Where no password is set, there is nothing to show. */
    static WebPage onlyHere() {
        return new Refusal(
                        403,
                        "Only on this machine",
                        "No password is set, so the console opens only on the machine it runs on, and not through a proxy: set"
                                + " CONSOLE_PASSWORD to log in from elsewhere.")
                .page();
    }

    /** Whole seconds, as in {@code Retry-After}: a little too long rather than too short. */
    static long seconds(Duration wait) {
        return wait.plusMillis(999).toSeconds();
    }

    private static WebPage page(int status, @Nullable String trouble, @Nullable String home) {
        var elsewhere = home == null
                ? ""
                : "<p class=wait>This page came without https, and the session travels by https only: most browsers would ask"
                        + " for the password again and again. Log in at <a href=\"" + WebPage.escaped(home) + "\">"
                        + WebPage.escaped(home) + "</a></p>\n";
        // The name is for password managers, which else ask for one.
        return new WebPage(status, "Log in", """
                <section class=login>
                <h1>withings-postgres</h1>
                <p class=soft>For the owner of this installation.</p>
                %s<form method=post action="/login">
                <input type=text name=username value=withings autocomplete=username hidden>
                <label for=password>Password</label>
                <input type=password id=password name=password autocomplete=current-password required autofocus%s>
                %s<button>Log in</button>
                </form>
                </section>""".formatted(
                        elsewhere,
                        trouble == null ? "" : " aria-invalid=true aria-describedby=trouble",
                        trouble == null ? "" : "<p class=bad id=trouble role=alert>" + trouble + "</p>\n"));
    }
}
