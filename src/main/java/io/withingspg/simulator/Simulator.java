package io.withingspg.simulator;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.common.ConsoleNotifier;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A running Withings on the loopback address. Everything it knows is in memory and in its {@link World}; it is gone with
 * {@link #close}.
 */
public final class Simulator implements AutoCloseable {
    /** Each call holds a thread while it is delayed; idle ones cost little. */
    private static final int THREADS = 200;

    private final WireMockServer server;
    private final Calls calls;
    private final Faults faults;
    private final List<Person> people;

    private Simulator(WireMockServer server, Calls calls, Faults faults, List<Person> people) {
        this.server = server;
        this.calls = calls;
        this.faults = faults;
        this.people = people;
    }

    /**
     * Starts one.
     *
     * @param port 0 for any that is free
     */
    public static Simulator start(World world, int port) {
        var tokens = new Tokens(world);
        var faults = new Faults();
        var calls = new Calls();
        var signatures = new Signatures(world);
        var first = LocalDate.ofInstant(world.clock().instant(), ZoneOffset.UTC).minusDays(world.days());
        var people = IntStream.rangeClosed(1, world.users())
                .mapToObj(number -> new Person(world, Persona.of(world.seed(), number), first, tokens))
                .toList();
        var oauth = new OauthCalls(world, tokens, signatures, id -> find(people, id));
        var api = new Api(world, tokens, faults, calls, oauth, signatures);
        var server = new WireMockServer(WireMockConfiguration.options()
                .bindAddress("127.0.0.1")
                .port(port)
                .disableRequestJournal()
                .stubRequestLoggingDisabled(true)
                .notifier(new ConsoleNotifier(false))
                .gzipDisabled(true)
                .containerThreads(THREADS)
                .extensions(new Imitation(api, new Consent(world, tokens, people), world.latency())));
        server.start();
        server.stubFor(WireMock.any(WireMock.anyUrl()).willReturn(WireMock.aResponse()));
        return new Simulator(server, calls, faults, people);
    }

    /** The API's base, e.g. {@code http://127.0.0.1:40123}. */
    public String url() {
        return "http://127.0.0.1:" + server.port();
    }

    /** The consent page. */
    public String authorizeUrl() {
        return url() + Consent.PATH;
    }

    /**
     * One of the people.
     *
     * @param number from 1
     */
    public Person person(int number) {
        return people.get(number - 1);
    }

    public List<Person> people() {
        return people;
    }

    /** How many calls of this action came, answered well or not: {@code getmeas}, or {@code /v2/heart list}. */
    public long calls(String action) {
        return calls.of(action);
    }

    public long calls() {
        return calls.total();
    }

    /** The last 10,000 calls, oldest first. */
    public List<Call> seen() {
        return calls.last();
    }

    /** Begins a fault: {@code on("getworkouts").page(2).answer(Fault.cutOff())}. */
    public Occasion on(String action) {
        return new Occasion(action, faults::arm);
    }

    /** Disarms every fault that has not struck. */
    public void mend() {
        faults.clear();
    }

    @Override
    public void close() {
        server.stop();
    }

    private static @Nullable Person find(List<Person> people, long id) {
        return people.stream().filter(person -> person.id() == id).findFirst().orElse(null);
    }
}
