package io.withingspg.console;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import org.apache.camel.Exchange;

/**
 * A page for a person: one file, nothing loaded from elsewhere, no script. The browser is told so, and refuses the rest,
 * {@code style} attributes included.
 *
 * @param main HTML; whatever comes from outside went through {@link #escaped}
 */
public record WebPage(int status, String title, String main) {
    private static final String STYLE = """

            :root { color-scheme: light dark; --ink: #1d2733; --soft: #5b6876; --line: #dfe4ea; --paper: #f6f8fa; --card: #fff;
              --good: #14795a; --bad: #b3261e; --wait: #8a5a00; }
            @media (prefers-color-scheme: dark) { :root { --ink: #e6ebf0; --soft: #9aa7b4; --line: #2c3742; --paper: #12181e;
              --card: #1a222a; --good: #5cc9a0; --bad: #ff8a80; --wait: #e6b455; } }
            * { box-sizing: border-box; }
            body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
            main { max-width: 68rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
            h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.1rem; margin: 0; }
            p { margin: .5rem 0; max-width: 44rem; overflow-wrap: anywhere; } .soft { color: var(--soft); }
            section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1rem 1.25rem; margin: 1rem 0; overflow-x: auto; }
            table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; margin-top: .5rem; }
            th { text-align: left; font-weight: 500; color: var(--soft); font-size: .85rem; }
            th, td { padding: .3rem 1rem .3rem 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
            tr:last-child td { border-bottom: 0; } .number { text-align: right; } td.note { white-space: normal; }
            .good { color: var(--good); } .bad { color: var(--bad); } .wait { color: var(--wait); }
            .tiles { display: flex; flex-wrap: wrap; gap: 2.5rem; } .tiles b { display: block; font-size: 1.4rem; }
            code { background: var(--paper); padding: .1rem .3rem; border-radius: 4px; }
            .button, button { display: inline-block; background: var(--good); color: var(--card); text-decoration: none; padding: .5rem 1rem;
              border: 1px solid transparent; border-radius: 8px; margin-top: .5rem; font: inherit; cursor: pointer; }
            button.quiet { background: none; color: var(--good); border-color: var(--line); padding: .25rem .75rem; margin: 0; }
            .button:hover, button:hover { filter: brightness(1.1); } button.quiet:hover { border-color: var(--good); }
            a:focus-visible, button:focus-visible, input:focus-visible { outline: 2px solid var(--good); outline-offset: 2px; }
            .row { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: .5rem 1rem; }
            .login { max-width: 24rem; margin: 12vh auto 0; padding: 1.75rem; }
            label { display: block; margin: 1rem 0 .25rem; }
            input { width: 100%; font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line);
              border-radius: 8px; padding: .5rem .75rem; }
            .login button { width: 100%; margin-top: 1rem; }
            """;

    private static final String STYLE_SOURCE = "'sha256-" + sha256(STYLE) + "'";

    private static String sha256(String text) {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }

    public static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    /** What a browser may do with an answer. */
    static String policy(String styleSource, boolean hasForm) {
        return "default-src 'none'; style-src " + styleSource + "; form-action " + (hasForm ? "'self'" : "'none'")
                + "; frame-ancestors 'none'; base-uri 'none'";
    }

    private boolean hasForm() {
        return main.contains("<form");
    }

    Map<String, String> headers() {
        return Map.of(
                "Content-Type",
                "text/html; charset=utf-8",
                "Content-Security-Policy",
                policy(STYLE_SOURCE, hasForm()),
                // With "no-referrer" a browser would not tell us either that a form is our own: Origin would be "null".
                "Referrer-Policy",
                hasForm() ? "same-origin" : "no-referrer");
    }

    String html() {
        return """
                <!doctype html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>%s · withings-postgres</title>
                <style>%s</style>
                </head>
                <body>
                <main>
                %s
                </main>
                </body>
                </html>
                """.formatted(escaped(title), STYLE, main);
    }

    /** Answers the request with this page. */
    public void answer(Exchange exchange) {
        var message = exchange.getMessage();
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        headers().forEach(message::setHeader);
        message.setBody(html());
    }
}
