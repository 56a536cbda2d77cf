package io.withingspg.enrol;

import static io.withingspg.console.WebPage.escaped;

import io.withingspg.console.SentHeaders;
import io.withingspg.console.WebPage;
import io.withingspg.store.People;
import io.withingspg.withings.CallFailure;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.builder.RouteBuilder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where people begin to consent, and where Withings sends them back to. */
public final class EnrolRoute extends RouteBuilder {
    private static final Logger LOG = LoggerFactory.getLogger(EnrolRoute.class);

    private final Consents consents;
    private final Predicate<Message> mayEnrol;
    private final LongConsumer linked;

    /**
     * @param mayEnrol whether this caller may begin a consent
     * @param linked is told the user id once somebody's tokens are stored
     */
    public EnrolRoute(Consents consents, Predicate<Message> mayEnrol, LongConsumer linked) {
        this.consents = consents;
        this.mayEnrol = mayEnrol;
        this.linked = linked;
    }

    // spotless:off   here the layout is the picture
    @Override
    public void configure() {
        SentHeaders.configure(getContext());

        from("platform-http:/authorize?httpMethodRestrict=GET").routeId("authorize")
            .choice()
                .when(exchange -> mayEnrol.test(exchange.getMessage())).process(this::authorize)
                .otherwise().process(exchange -> closed().answer(exchange));

        from("platform-http:/callback?httpMethodRestrict=GET").routeId("callback")
            .process(this::callback);
    }
    // spotless:on

    private void authorize(Exchange exchange) {
        var ref = text(exchange, "ref");
        if (ref != null && !People.isUsable(ref)) {
            new WebPage(
                            400,
                            "Reference not usable",
                            "<h1>Reference not usable</h1><p>Use at most 200 letters, digits and signs.</p>")
                    .answer(exchange);
            return;
        }
        var begun = consents.begin(ref);
        var message = exchange.getMessage();
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, 302);
        message.setHeader("Location", begun.url().toString());
        message.setHeader("Cache-Control", "no-store");
        message.setBody("");
    }

    private void callback(Exchange exchange) {
        page(text(exchange, "code"), text(exchange, "state")).answer(exchange);
    }

    private WebPage page(@Nullable String code, @Nullable String state) {
        if (state == null) {
            return stale();
        }
        try {
            return switch (consents.finish(code, state, "callback")) {
                case Consents.Ended.Linked ended -> {
                    LOG.debug("user {} {}", ended.userId(), ended.first() ? "enrolled" : "consented again");
                    linked.accept(ended.userId());
                    yield linked(ended);
                }
                case Consents.Ended.Declined() -> declined();
                case Consents.Ended.Stale() -> stale();
            };
        } catch (People.Taken e) {
            LOG.warn("a consent was not stored: {}", e.getMessage()); // names others, so it is not for the page
            return new WebPage(
                    409,
                    "Another account",
                    "<h1>This is another account</h1><p>The Withings account of this browser, or the name in the"
                            + " enrolment link, already belongs to somebody else here.</p><p>Nothing was changed. Log out of Withings in this browser, then open the enrolment"
                            + " link again and log in as yourself.</p>");
        } catch (CallFailure e) {
            LOG.warn("a consent could not be finished: {}", e.getMessage());
            return new WebPage(
                    502,
                    "Withings did not answer",
                    "<h1>Withings did not confirm the consent</h1><p>" + escaped(String.valueOf(e.getMessage()))
                            + "</p><p>Nothing was stored. Open the enrolment link again and consent once more.</p>");
        }
    }

    private static WebPage linked(Consents.Ended.Linked ended) {
        var who = ended.ref() == null
                ? "Withings user <b>" + ended.userId() + "</b>"
                : "Withings user <b>" + ended.userId() + "</b> as <b>" + escaped(ended.ref()) + "</b>";
        var scopes = ended.missing().isEmpty()
                ? ""
                : "<p class=wait>Not granted: " + String.join(", ", ended.missing())
                        + ". Nothing new of it is fetched until it is allowed: open the enrolment link again to do so.</p>";
        return new WebPage(
                200,
                "Enrolled",
                "<h1>" + (ended.first() ? "Enrolled" : "Welcome back") + "</h1><p>" + who + " is "
                        + (ended.first() ? "now linked" : "linked again")
                        + ". The history comes next; you can close this page.</p>" + scopes);
    }

    private static WebPage declined() {
        return new WebPage(
                200,
                "Not enrolled",
                "<h1>Not enrolled</h1><p>Access was refused at Withings, so nothing is stored and nothing will be fetched."
                        + " If that was a mistake, open the enrolment link again.</p>");
    }

    private static WebPage stale() {
        return new WebPage(
                403,
                "Link no longer valid",
                "<h1>This link is no longer valid</h1><p>A consent counts once, and within ten minutes. Open the enrolment"
                        + " link again.</p>");
    }

    private static WebPage closed() {
        return new WebPage(
                403,
                "Enrolment is by invitation",
                "<h1>Enrolment is by invitation</h1><p>Ask the owner of this installation for a link of your own.</p>");
    }

    /** A parameter that comes twice is nobody's honest one. */
    private static @Nullable String text(Exchange exchange, String name) {
        return exchange.getMessage().getHeader(name) instanceof String text && !text.isBlank() ? text : null;
    }
}
