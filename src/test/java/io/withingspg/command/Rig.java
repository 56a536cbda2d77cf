package io.withingspg.command;

import io.withingspg.enrol.Consents;
import io.withingspg.simulator.Person;
import io.withingspg.simulator.Simulator;
import io.withingspg.simulator.World;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Everything a test needs, its own: a database in a real PostgreSQL, a simulated Withings over HTTP, and the command
 * line. Gone with the test.
 */
public final class Rig implements AutoCloseable {
    /** Gives a test its {@link Rig}. */
    public static final class Provider implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Rig.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return context.getStore(Namespace.create(Provider.class, context.getUniqueId()))
                    .computeIfAbsent(Rig.class, _ -> new Rig(), Rig.class);
        }
    }

    /** How a command ended. */
    public record Ran(int exitCode, String out, String err) {}

    private final Runnable afterwards;
    private final Simulator withings;
    private final DSLContext sql;
    private final Map<String, String> environment = new HashMap<>();
    private final Browser browser = new Browser();

    Rig() {
        this(world());
    }

    Rig(World world) {
        this(world, Server.create());
    }

    private Rig(World world, String jdbcUrl) {
        this(world, jdbcUrl, () -> Server.drop(jdbcUrl));
    }

    /** @param afterwards does away with the database */
    Rig(World world, String jdbcUrl, Runnable afterwards) {
        this.afterwards = afterwards;
        this.sql = DSL.using(jdbcUrl);
        this.withings = Simulator.start(world, 0);
        var port = freePort();
        environment.put("DATABASE_URL", jdbcUrl);
        environment.put("TOKEN_KEY", Base64.getEncoder().encodeToString(new byte[32]));
        environment.put("HTTP_PORT", Integer.toString(port));
        environment.put("WITHINGS_API_URL", withings.url());
        environment.put("WITHINGS_AUTHORIZE_URL", withings.authorizeUrl());
        environment.put("WITHINGS_CLIENT_ID", "test-client");
        environment.put("WITHINGS_CLIENT_SECRET", "test-secret");
        environment.put("WITHINGS_CALLBACK_URL", "http://127.0.0.1:" + port + "/callback");
        environment.put("API_CALLS_PER_MINUTE", "1000000");
        environment.put("API_IDENTICAL_CALL_SPACING", "0ms");
        environment.put("API_RETRY_DELAY", "10ms");
        environment.put("SAMPLES_BACKFILL_DAYS", "1");
    }

    /** Three people with 30 days, pages of 20, and no need to wait between identical calls. */
    static World world() {
        return World.ordinary().withUsers(3).withDays(30).withPageSize(20).withSameArgumentsWithin(Duration.ZERO);
    }

    public Simulator withings() {
        return withings;
    }

    /** @param number from 1 */
    public Person person(int number) {
        return withings.person(number);
    }

    /** Changes a setting for the commands that follow. */
    public Rig set(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    public Map<String, String> environment() {
        return Map.copyOf(environment);
    }

    public String url() {
        return "http://127.0.0.1:" + environment.get("HTTP_PORT");
    }

    /** Runs a command as the shell would, but in this process. */
    public Ran run(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        var code = Withings.commandLine(environment)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
        return new Ran(code, out.toString(), err.toString());
    }

    /** Enrols these people as the owner does at a terminal, and nothing more: no data is fetched. */
    public Rig enrol(Person... people) {
        try (var service = service()) {
            for (var person : people) {
                var page = service.consents().begin(null).url();
                var back = location(get(page + "&auto=1&user=" + person.id()));
                var ended = service.consents()
                        .finishByHand(java.util.Objects.requireNonNull(CallbackAddress.parse(back, null)));
                if (!(ended instanceof Consents.Ended.Linked)) {
                    throw new IllegalStateException(ended.toString());
                }
            }
        }
        return this;
    }

    /** What stands in a query, as it stands there. */
    static String parameter(String url, String name) {
        return url.replaceFirst(".*[?&]" + name + "=([^&]*).*", "$1");
    }

    /** Enrols everybody. */
    public Rig enrolAll() {
        return enrol(withings.people().toArray(Person[]::new));
    }

    /** The service itself, for tests that look inside; close it. */
    Service service(Service.Part... parts) {
        return Service.start(new Configured(environment).settings(), parts);
    }

    /** Goes through the consent page of a running service, as this person's browser would. */
    public HttpResponse<String> consent(Person person, @org.jspecify.annotations.Nullable String ref) {
        return browse(allowed(browser, person, ref == null ? "" : "?ref=" + ref));
    }

    /**
     * Allows, and does not come back yet.
     *
     * @param number of the person, from 1
     * @param query of {@code /authorize}, with its question mark
     * @return where the consent page sends the browser
     */
    public String allowed(int number, String query) {
        return allowed(browser, person(number), query);
    }

    /** As {@link #allowed(int, String)}, in another browser. */
    public String allowed(Browser other, Person person, String query) {
        var page = location(other.get(url() + "/authorize" + query));
        return location(other.get(page + "&auto=1&user=" + person.id()));
    }

    /** A GET of the browser in which {@link #consent} and {@link #allowed} go their way. */
    public HttpResponse<String> browse(String url) {
        return browser.get(url);
    }

    static String location(HttpResponse<String> answer) {
        return answer.headers()
                .firstValue("Location")
                .orElseThrow(() -> new IllegalStateException("HTTP " + answer.statusCode() + ": " + answer.body()));
    }

    /** A GET that follows no redirect. */
    public static HttpResponse<String> get(String url, String... headers) {
        try (var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(20));
            return client.send(
                    (headers.length == 0 ? request : request.headers(headers)).build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One value. */
    public Object query(String statement, Object... bindings) {
        return sql.fetchValue(statement, bindings);
    }

    public long count(String statement, Object... bindings) {
        return ((Number) query(statement, bindings)).longValue();
    }

    /** The first column. */
    public List<String> column(String statement, Object... bindings) {
        return sql.fetch(statement, bindings).getValues(0, String.class);
    }

    public DSLContext sql() {
        return sql;
    }

    /** All rows of all data tables but for when they were written: equal before and after means that nothing changed. */
    public String dump() {
        var dump = new StringBuilder();
        for (var table : sql.fetch("SELECT table_name FROM information_schema.tables WHERE table_schema = 'withings'"
                        + " AND table_type = 'BASE TABLE' ORDER BY 1")
                .getValues(0, String.class)) {
            dump.append(table)
                    .append(sql.fetchValue(
                            "SELECT coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '') FROM withings." + table
                                    + " t"));
        }
        return dump.toString();
    }

    static int freePort() {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        browser.close();
        withings.close();
        afterwards.run();
    }
}
