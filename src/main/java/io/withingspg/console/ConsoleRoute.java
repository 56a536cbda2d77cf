package io.withingspg.console;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.withingspg.console.Door.By;
import io.withingspg.console.Door.Decision;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.jooq.exception.DataAccessException;
import org.jspecify.annotations.Nullable;

/** The console and its JSON, for the owner; health and metrics, which tell of no person, for whoever watches. */
public final class ConsoleRoute extends RouteBuilder {
    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    private static final String DECISION = "decision";
    private static final Pattern USER = Pattern.compile("/users/([0-9]{1,18})/");

    private final Door door;
    private final URI callback;
    private final boolean httpsByDefault;
    private final Status status;
    private final Workers workers;
    private final PrometheusMeterRegistry metrics;
    private final BooleanSupplier schedulerRuns;

    /** @param callback where people come back to: the address that the outside knows us by */
    public ConsoleRoute(
            Door door,
            URI callback,
            Status status,
            Workers workers,
            PrometheusMeterRegistry metrics,
            BooleanSupplier schedulerRuns) {
        this.door = door;
        this.callback = callback;
        this.httpsByDefault = WebServer.isHttps(callback);
        this.status = status;
        this.workers = workers;
        this.metrics = metrics;
        this.schedulerRuns = schedulerRuns;
    }

    // spotless:off   here the layout is the picture
    @Override
    public void configure() {
        onException(DataAccessException.class).handled(true).process(ConsoleRoute::databaseGone);

        SentHeaders.configure(getContext());

        from("platform-http:/?httpMethodRestrict=GET").routeId("console")
            .choice()
                .when(this::opens).process(this::page)
                .otherwise().process(this::refuse);
        from("platform-http:/users/{id}/runs?httpMethodRestrict=POST").routeId("sync-now")
            .choice()
                .when(this::opens).process(this::syncNow)
                .otherwise().process(this::refuse);

        from("platform-http:/login?httpMethodRestrict=POST").routeId("log-in").process(this::logIn);
        from("platform-http:/logout?httpMethodRestrict=POST").routeId("log-out").process(this::logOut);

        from("platform-http:/api/status?httpMethodRestrict=GET").routeId("api-status")
            .choice()
                .when(this::opensApi).process(this::json)
                .otherwise().process(this::refuseApi);
        from("platform-http:/api/users/{id}/runs?httpMethodRestrict=POST").routeId("api-runs")
            .choice()
                .when(this::opensApi).process(this::run)
                .otherwise().process(this::refuseApi);

        from("platform-http:/observe/health?httpMethodRestrict=GET").routeId("health").process(this::health);
        from("platform-http:/observe/metrics?httpMethodRestrict=GET").routeId("metrics").process(this::metrics);
    }
    // spotless:on

    private boolean opens(Exchange exchange) {
        return remember(exchange, door.decide(Caller.of(exchange.getMessage())));
    }

    private boolean opensApi(Exchange exchange) {
        return remember(exchange, door.decideForApi(Caller.of(exchange.getMessage())));
    }

    private static boolean remember(Exchange exchange, Decision decision) {
        exchange.setProperty(DECISION, decision);
        return decision instanceof Decision.Open;
    }

    private static Decision decision(Exchange exchange) {
        return exchange.getProperty(DECISION, Decision.class);
    }

    private static void databaseGone(Exchange exchange) {
        var path = Caller.of(exchange.getMessage()).request().path();
        Refusal.databaseAway().answer(exchange, Refusal.isForProgram(path));
    }

    private void page(Exchange exchange) {
        var loggedIn = decision(exchange).equals(new Decision.Open(By.SESSION));
        var canSync = workers.areHere();
        StatusPage.of(
                        status.people(List.of()),
                        status.now(),
                        new StatusPage.Buttons(loggedIn, canSync, canSync ? workers.areWith() : Set.of()))
                .answer(exchange);
    }

    private void json(Exchange exchange) {
        Json.answer(exchange, 200, status.json(List.of()));
    }

    private void syncNow(Exchange exchange) {
        var userId = userId(exchange);
        var refusal = refusal(userId, userId == null ? Workers.Asked.NO_SUCH_PERSON : workers.sendTo(userId));
        if (refusal == null) {
            seeOther(exchange);
        } else {
            refusal.answer(exchange, false);
        }
    }

    private void run(Exchange exchange) {
        var userId = userId(exchange);
        var refusal = refusal(userId, userId == null ? Workers.Asked.NO_SUCH_PERSON : workers.sendTo(userId));
        if (refusal == null) {
            Json.answer(exchange, 202, "{\"user_id\":" + userId + ",\"status\":\"accepted\"}");
        } else {
            refusal.answer(exchange, true);
        }
    }

    private static @Nullable Refusal refusal(@Nullable Long userId, Workers.Asked asked) {
        return switch (asked) {
            case ACCEPTED -> null;
            case NO_SUCH_PERSON ->
                new Refusal(404, "Nobody by this number", "No such person is enrolled here: the console lists who is.");
            case BUSY ->
                new Refusal(
                        409, "Already under way", "User " + userId + " is being synced right now: look again soon.");
            case NOT_ACTIVE ->
                new Refusal(
                        409,
                        "Not active",
                        "User " + userId + " is not active, so nothing is fetched: the console says why.");
            case NO_WORKER ->
                new Refusal(
                        409,
                        "Nobody to do it",
                        "This process has no worker free for it: try again soon, or run withings sync --user " + userId
                                + ".");
        };
    }

    /** From the path alone; null if it is no number. */
    private static @Nullable Long userId(Exchange exchange) {
        var matcher = USER.matcher(Caller.of(exchange.getMessage()).request().path());
        return matcher.find() ? Long.valueOf(matcher.group(1)) : null;
    }

    private void logIn(Exchange exchange) {
        var caller = Caller.of(exchange.getMessage());
        if (!door.hasPassword()) {
            seeOther(exchange);
            return;
        }
        switch (door.compare(caller, caller.field("password"))) {
            case Decision.Open(var _) -> {
                seeOther(exchange);
                setCookie(exchange, caller, door.begin(caller), "");
            }
            case Decision.Closed(var _) -> LoginPage.of(true, home(caller)).answer(exchange);
            case Decision.Wait(var howLong) -> tooOften(exchange, LoginPage.tooOften(howLong), howLong);
        }
    }

    private void logOut(Exchange exchange) {
        var caller = Caller.of(exchange.getMessage());
        door.end(caller);
        seeOther(exchange);
        setCookie(exchange, caller, "", "; Max-Age=0");
    }

    private void setCookie(Exchange exchange, Caller caller, String value, String more) {
        var secure = httpsByDefault || caller.byHttps() ? "; Secure" : "";
        exchange.getMessage()
                .setHeader(
                        "Set-Cookie", Door.COOKIE + "=" + value + "; Path=/; HttpOnly; SameSite=Lax" + secure + more);
    }

    /** Where the session cookie, which is marked for https, would be kept; null where we cannot tell that it is not. */
    private @Nullable String home(Caller caller) {
        var sameName = caller.name().equals(String.valueOf(callback.getHost()).toLowerCase(Locale.ROOT));
        return httpsByDefault && !caller.byHttps() && !sameName ? "https://" + callback.getAuthority() + "/" : null;
    }

    private static void seeOther(Exchange exchange) {
        Json.answer(exchange, 303, "text/plain; charset=utf-8", "");
        exchange.getMessage().setHeader("Location", "/");
    }

    private void refuse(Exchange exchange) {
        switch (decision(exchange)) {
            case Decision.Wait(var howLong) -> tooOften(exchange, LoginPage.tooOften(howLong), howLong);
            case Decision.Closed(var guessed) -> {
                if (door.hasPassword()) {
                    LoginPage.of(guessed, home(Caller.of(exchange.getMessage())))
                            .answer(exchange);
                    // Not "Basic": the browser would ask by itself, and keep the answer for good.
                    exchange.getMessage().setHeader("WWW-Authenticate", "Form realm=\"withings-postgres\"");
                } else {
                    LoginPage.onlyHere().answer(exchange);
                }
            }
            case Decision.Open(var _) -> throw new IllegalStateException("refused though open");
        }
    }

    private void refuseApi(Exchange exchange) {
        switch (decision(exchange)) {
            case Decision.Wait(var howLong) -> {
                new Refusal(
                                429,
                                "Too often",
                                "Too many wrong credentials: try again in " + LoginPage.seconds(howLong) + " s.")
                        .answer(exchange, true);
                exchange.getMessage().setHeader("Retry-After", LoginPage.seconds(howLong));
            }
            case Decision.Closed(var _) -> {
                new Refusal(
                                401,
                                "Who is there?",
                                "Send Authorization: Bearer with the API_TOKEN of this installation, or user withings with its"
                                        + " CONSOLE_PASSWORD.")
                        .answer(exchange, true);
                exchange.getMessage().setHeader("WWW-Authenticate", "Bearer realm=\"withings-postgres\"");
            }
            case Decision.Open(var _) -> throw new IllegalStateException("refused though open");
        }
    }

    private static void tooOften(Exchange exchange, WebPage page, Duration howLong) {
        page.answer(exchange);
        exchange.getMessage().setHeader("Retry-After", LoginPage.seconds(howLong));
    }

    private void health(Exchange exchange) {
        var database = status.databaseAnswers();
        var scheduler = schedulerRuns.getAsBoolean();
        var body = "{\"status\":\"%s\",\"database\":\"%s\",\"scheduler\":\"%s\"}"
                .formatted(upOrDown(database && scheduler), upOrDown(database), upOrDown(scheduler));
        Json.answer(exchange, database && scheduler ? 200 : 503, body);
    }

    private static String upOrDown(boolean up) {
        return up ? "UP" : "DOWN";
    }

    private void metrics(Exchange exchange) {
        Json.answer(exchange, 200, OPEN_METRICS, metrics.scrape(OPEN_METRICS));
    }
}
