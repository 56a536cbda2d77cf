package io.withingspg.simulator;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The page a person consents on. One file, nothing fetched from elsewhere. */
final class ConsentPage {
    private ConsentPage() {}

    static String of(Consent.Request request, List<Person> people, Optional<Person> chosen) {
        return page("""
            <p class="badge">Simulated account</p>
            <h1>Share your health data</h1>
            <p class="lead"><b class="app">%s</b> asks to read data of your account.</p>
            <form method="post" action="/oauth2_user/authorize2">%s
            <fieldset><legend>Whose account</legend><div class="people">%s</div></fieldset>
            <fieldset><legend>What it may read</legend>%s</fieldset>
            <div class="buttons"><button name="decision" value="deny">Deny</button>
            <button class="main" name="decision" value="allow">Allow</button></div>
            </form>
            <p class="foot">These people and their data are made up. Nothing leaves this machine.</p>
            """.formatted(
                escaped(request.clientId()),
                hidden("response_type", "code")
                        + hidden("client_id", request.clientId())
                        + hidden("redirect_uri", request.redirectUri())
                        + hidden("state", request.state())
                        + hidden("scope", String.join(",", request.scopes())),
                people.stream()
                        .map(person -> person(
                                person, chosen.filter(other -> other == person).isPresent()))
                        .collect(Collectors.joining()),
                request.scopes().stream()
                        .flatMap(id -> Scope.of(id).stream())
                        .map(ConsentPage::scope)
                        .collect(Collectors.joining())));
    }

    static String broken() {
        return page(BROKEN);
    }

    private static String person(Person person, boolean checked) {
        return """
            <label class="person"><input type="radio" name="user" value="%1$d"%2$s>
            <span class="face" style="--hue:%7$d">%3$s</span>
            <span><b>%4$s</b><small>%5$s &middot; %6$d</small></span></label>
            """.formatted(
                        person.id(),
                        checked ? " checked" : "",
                        escaped(person.name().substring(0, 1)),
                        escaped(person.name()),
                        escaped(person.timezone().getId().replace('_', ' ')),
                        person.id(),
                        person.id() * 67 % 360);
    }

    private static String scope(Scope scope) {
        return """
            <label class="scope"><input type="checkbox" name="grant" value="%s" checked>
            <span><b>%s</b><small>%s</small></span></label>
            """.formatted(scope.id(), escaped(scope.title()), escaped(scope.explanation()));
    }

    private static String hidden(String name, String value) {
        return "<input type=\"hidden\" name=\"%s\" value=\"%s\">".formatted(name, escaped(value));
    }

    private static String page(String content) {
        return PAGE.replace("{{content}}", content);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    private static final String BROKEN = """
            <h1>This link cannot be used</h1>
            <p class="lead">It needs <code>response_type=code</code>, a known <code>client_id</code>,
            a <code>state</code>, at least one known <code>scope</code> and a complete <code>redirect_uri</code>.</p>
            """;

    private static final String PAGE = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Share your health data</title>
            <style>
            :root { color-scheme: light dark; --ink: #16202b; --soft: #5b6875; --line: #dfe4ea; --card: #fff;
                --ground: #f2f5f8; --main: #0b6e6e; --tint: #e6f3f2; }
            @media (prefers-color-scheme: dark) { :root { --ink: #e8edf2; --soft: #9aa7b4; --line: #2e3944;
                --card: #1a222b; --ground: #10161c; --main: #3fb5ac; --tint: #17312f; } }
            * { box-sizing: border-box; }
            body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 24px 16px;
                background: var(--ground); color: var(--ink); font: 16px/1.45 system-ui, "Segoe UI", Roboto, sans-serif; }
            main { width: 100%; max-width: 480px; background: var(--card); border: 1px solid var(--line);
                border-radius: 16px; padding: 32px; box-shadow: 0 8px 32px rgb(16 32 48 / .08); }
            h1 { font-size: 1.5rem; line-height: 1.2; margin: 0 0 8px; letter-spacing: -.01em; }
            .badge { display: inline-block; margin: 0 0 16px; padding: 3px 10px; border-radius: 99px; font-size: .78rem;
                font-weight: 600; color: var(--main); background: var(--tint); }
            .lead { margin: 0 0 24px; color: var(--soft); } .app { color: var(--ink); overflow-wrap: anywhere; }
            fieldset { border: 0; padding: 0; margin: 0 0 24px; min-width: 0; }
            legend { padding: 0; margin: 0 0 8px; font-size: .85rem; font-weight: 600; color: var(--soft); }
            .people { display: grid; gap: 8px; max-height: 340px; overflow-y: auto; }
            label { display: flex; align-items: center; gap: 12px; cursor: pointer; }
            .person { position: relative; padding: 10px 12px; border: 1px solid var(--line); border-radius: 12px; }
            .person:has(:checked) { border-color: var(--main); background: var(--tint); }
            .person:has(:focus-visible) { outline: 2px solid var(--main); outline-offset: -2px; }
            .person input { order: 3; margin: 0 4px 0 auto; }
            .face { width: 36px; height: 36px; border-radius: 50%; display: grid; place-items: center; flex: none;
                font-weight: 600; color: #fff; background: hsl(var(--hue) 42% 40%); }
            .scope { padding: 10px 0; border-top: 1px solid var(--line); align-items: flex-start; }
            legend + .scope { border-top: 0; padding-top: 0; }
            .scope input { margin: 3px 0 0; }
            input { accent-color: var(--main); width: 18px; height: 18px; flex: none; }
            b { font-weight: 600; } small { display: block; color: var(--soft); font-size: .85rem; }
            .buttons { display: grid; grid-template-columns: 1fr 2fr; gap: 12px; }
            button { font: inherit; font-weight: 600; padding: 12px; border-radius: 10px; cursor: pointer;
                border: 1px solid var(--line); background: transparent; color: var(--ink); }
            button.main { background: var(--main); border-color: var(--main); color: var(--card); }
            button:hover { filter: brightness(.96); } button:focus-visible { outline: 2px solid var(--main);
                outline-offset: 2px; }
            .foot { margin: 20px 0 0; font-size: .85rem; color: var(--soft); text-align: center; }
            code { font-size: .9em; }
            </style></head>
            <body><main>{{content}}</main></body></html>
            """;
}
