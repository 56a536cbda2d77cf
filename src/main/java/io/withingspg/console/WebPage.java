package io.withingspg.console;

import org.apache.camel.Exchange;

/**
 * A page for a person: one file, nothing loaded from elsewhere, no script.
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
            p { margin: .5rem 0; max-width: 44rem; } .soft { color: var(--soft); }
            section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1rem 1.25rem; margin: 1rem 0; overflow-x: auto; }
            table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; margin-top: .5rem; }
            th { text-align: left; font-weight: 500; color: var(--soft); font-size: .85rem; }
            th, td { padding: .3rem 1rem .3rem 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
            tr:last-child td { border-bottom: 0; } .number { text-align: right; } td.note { white-space: normal; }
            .good { color: var(--good); } .bad { color: var(--bad); } .wait { color: var(--wait); }
            .tiles { display: flex; flex-wrap: wrap; gap: 2.5rem; } .tiles b { display: block; font-size: 1.4rem; }
            code { background: var(--paper); padding: .1rem .3rem; border-radius: 4px; }
            a.button { display: inline-block; background: var(--good); color: var(--card); text-decoration: none; padding: .5rem 1rem;
              border-radius: 8px; margin-top: .5rem; }
            """;

    public static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    /** Answers the request with this page. */
    public void answer(Exchange exchange) {
        var message = exchange.getMessage();
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        message.setHeader(Exchange.CONTENT_TYPE, "text/html; charset=utf-8");
        message.setHeader("Cache-Control", "no-store");
        message.setHeader("Referrer-Policy", "no-referrer");
        message.setHeader("X-Content-Type-Options", "nosniff");
        message.setHeader(
                "Content-Security-Policy",
                "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
        message.setBody("""
                <!doctype html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>%s · withings-postgres</title>
                <style>
                %s</style>
                </head>
                <body>
                <main>
                %s
                </main>
                </body>
                </html>
                """.formatted(escaped(title), STYLE, main));
    }
}
