package io.withingspg.enrol;

import io.withingspg.console.SentHeaders;
import io.withingspg.console.WebPage;
import io.withingspg.enrol.Consents.Beginning;
import io.withingspg.enrol.Consents.Ended;
import io.withingspg.store.Database;
import io.withingspg.store.People;
import io.withingspg.withings.CallFailure;
import java.net.URI;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.builder.RouteBuilder;
import org.jooq.exception.DataAccessException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where people begin to consent, and where Withings sends them back to. */
public final class EnrolRoute extends RouteBuilder {
    private static final Logger LOG = LoggerFactory.getLogger(EnrolRoute.class);
    /** Says that the browser was sent here by us: once is enough, whatever a proxy makes of our name. */
    private static final String SENT = "sent";

    private final Consents consents;
    private final URI callbackUrl;
    private final BrowserCookie cookie;
    private final Predicate<Message> mayEnrol;
    private final LongFunction<Devices> linked;

    /**
     * @param mayEnrol whether this caller may begin a consent without an invitation
     * @param linked is told the user id once somebody's tokens are stored, and tells the person's devices
     */
    public EnrolRoute(Consents consents, URI callbackUrl, Predicate<Message> mayEnrol, LongFunction<Devices> linked) {
        this.consents = consents;
        this.callbackUrl = callbackUrl;
        this.cookie = new BrowserCookie(callbackUrl);
        this.mayEnrol = mayEnrol;
        this.linked = linked;
    }

    // spotless:off   here the layout is the picture
    @Override
    public void configure() {
        onException(DataAccessException.class).handled(true).process(EnrolRoute::databaseGone);

        SentHeaders.configure(getContext());

        from("platform-http:/authorize?httpMethodRestrict=GET").routeId("authorize")
            .choice()
                .when(this::isElsewhere).process(this::sendHome)
                .when(EnrolRoute::isInvited).process(this::accept)
                .when(exchange -> mayEnrol.test(exchange.getMessage())).process(this::authorize)
                .otherwise().process(exchange -> EnrolPages.closed().answer(exchange));

        from("platform-http:/callback?httpMethodRestrict=GET").routeId("callback")
            .process(this::callback);
    }
    // spotless:on

    private static void databaseGone(Exchange exchange) {
        LOG.error(
                "{}: {}",
                exchange.getFromRouteId(),
                Database.reason(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, DataAccessException.class)));
        EnrolPages.databaseGone().answer(exchange);
    }

    /** A cookie stays with the name it was set under, so a consent must begin under the name it will end under. */
    private boolean isElsewhere(Exchange exchange) {
        var host = host(exchange.getMessage());
        return host != null
                && !host.equalsIgnoreCase(callbackUrl.getHost())
                && Invites.base(callbackUrl).isPresent()
                && exchange.getMessage().getHeader(SENT) == null;
    }

    /** Without its port, which cookies do not care for. HTTP/2 names us in the request itself, where {@code Host} would. */
    private static @Nullable String host(Message message) {
        var host = message.getHeader("Host", String.class);
        try {
            return host != null
                    ? host.replaceFirst(":[0-9]+$", "")
                    : URI.create(message.getHeader(Exchange.HTTP_URL, "", String.class))
                            .getHost();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private void sendHome(Exchange exchange) {
        var query = exchange.getMessage().getHeader(Exchange.HTTP_RAW_QUERY, "", String.class);
        redirect(
                exchange,
                Invites.base(callbackUrl).orElseThrow() + "/authorize?" + (query.isEmpty() ? "" : query + "&") + SENT
                        + "=1");
    }

    private static boolean isInvited(Exchange exchange) {
        return exchange.getMessage().getHeader("invite") != null;
    }

    private void accept(Exchange exchange) {
        var invite = text(exchange, "invite");
        var browser = browser(exchange);
        answer(exchange, invite == null ? new Beginning.NotInvited(null) : consents.accept(invite, browser), browser);
    }

    private void authorize(Exchange exchange) {
        var ref = text(exchange, "ref");
        if (ref != null && !People.isUsable(ref)) {
            EnrolPages.unusable().answer(exchange);
            return;
        }
        var browser = browser(exchange);
        answer(exchange, consents.begin(ref, browser), browser);
    }

    /** One that is there is kept, so that consents in two tabs can both be finished. */
    private String browser(Exchange exchange) {
        var known = cookie.in(exchange.getMessage());
        return known == null ? Unguessable.fresh() : known;
    }

    private void answer(Exchange exchange, Beginning beginning, String browser) {
        switch (beginning) {
            case Beginning.Begun begun -> {
                redirect(exchange, begun.url().toString());
                exchange.getMessage().setHeader("Set-Cookie", cookie.holding(browser));
            }
            case Beginning.Crowded() -> {
                EnrolPages.crowded().answer(exchange);
                exchange.getMessage().setHeader("Retry-After", "120");
            }
            case Beginning.NotInvited(var state) -> EnrolPages.notInvited(state).answer(exchange);
        }
    }

    private static void redirect(Exchange exchange, String url) {
        var message = exchange.getMessage();
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, 302);
        message.setHeader("Location", url);
        message.setHeader("Cache-Control", "no-store");
        message.setHeader("Referrer-Policy", "no-referrer");
        message.setBody("");
    }

    private void callback(Exchange exchange) {
        var state = text(exchange, "state");
        var page = state == null
                ? EnrolPages.stale()
                : page(
                        new Consents.Return(state, text(exchange, "code"), text(exchange, "error")),
                        cookie.in(exchange.getMessage()));
        page.answer(exchange);
    }

    private WebPage page(Consents.Return back, @Nullable String browser) {
        try {
            return switch (consents.finish(back, browser)) {
                case Ended.Linked ended -> {
                    LOG.debug("user {} {}", ended.userId(), ended.first() ? "enrolled" : "consented again");
                    yield EnrolPages.linked(ended, linked.apply(ended.userId()));
                }
                case Ended.Declined() -> EnrolPages.declined();
                case Ended.Failed(var error) -> {
                    LOG.warn("Withings could not ask for a consent: {}", EnrolPages.shortened(error));
                    yield EnrolPages.failed(error);
                }
                case Ended.Stale() -> EnrolPages.stale();
                case Ended.Elsewhere() -> EnrolPages.elsewhere();
                case Ended.Busy() -> EnrolPages.busy();
                case Ended.NotInvited(var state) -> EnrolPages.notInvited(state);
                case Ended.Refused(var reason) -> {
                    LOG.warn("a consent was refused: {}", reason); // names others, so it is not for the page
                    yield EnrolPages.refused();
                }
            };
        } catch (CallFailure e) {
            LOG.warn("a consent could not be finished: {}", e.getMessage());
            return EnrolPages.unconfirmed(String.valueOf(e.getMessage()));
        }
    }

    /** A parameter that comes twice is nobody's honest one. */
    private static @Nullable String text(Exchange exchange, String name) {
        return exchange.getMessage().getHeader(name) instanceof String text && !text.isBlank() ? text : null;
    }
}
