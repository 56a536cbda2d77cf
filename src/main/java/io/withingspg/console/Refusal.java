package io.withingspg.console;

import static io.withingspg.console.WebPage.escaped;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.vertx.core.http.HttpServerResponse;
import org.apache.camel.Exchange;

/**
 * A no: a page for a person, a line of JSON for a program.
 *
 * @param said what is wrong and what to do, as plain text
 */
record Refusal(int status, String title, String said) {
    static boolean isForProgram(String path) {
        return path.equals("/api") || path.startsWith("/api/");
    }

    static Refusal notOurName(String name) {
        return new Refusal(
                421,
                "Not a name of this installation",
                (name.isEmpty()
                                ? "The request names no host"
                                : "\"" + shortened(name) + "\" is not a name of this installation")
                        + ": if you run it, add the name you use to HTTP_NAMES.");
    }

    static Refusal notOurPage() {
        return new Refusal(
                403,
                "Sent from another page",
                "Nothing was done, because this did not come from a page of this installation: open the console and press the"
                        + " button there. Behind a proxy, let it pass on the Host header.");
    }

    static Refusal databaseAway() {
        return new Refusal(503, "The database does not answer", "Try again in a moment.");
    }

    /** What the server itself refuses. */
    static Refusal of(int status) {
        return switch (status) {
            case 400, 417 -> new Refusal(status, "Not readable", "The request cannot be read.");
            case 404 -> new Refusal(status, "Nothing here", "There is no such page: the console is at /.");
            case 405 -> new Refusal(status, "Not done this way", "This address does not take this method.");
            case 413 -> new Refusal(status, "Too much", "A request may bring at most 64 KB.");
            default -> new Refusal(500, "Something broke", "Try again; the log of the service says what it was.");
        };
    }

    private static String shortened(String name) {
        return name.length() <= 100 ? name : name.substring(0, 100) + "…";
    }

    WebPage page() {
        return new WebPage(status, title, "<h1>" + escaped(title) + "</h1><p>" + escaped(said) + "</p>");
    }

    String json() {
        return JsonNodeFactory.instance.objectNode().put("error", said).toString();
    }

    void answer(Exchange exchange, boolean toProgram) {
        if (toProgram) {
            Json.answer(exchange, status, json());
        } else {
            page().answer(exchange);
        }
    }

    void answer(HttpServerResponse response, boolean toProgram) {
        response.setStatusCode(status);
        if (toProgram) {
            response.putHeader("Content-Type", Json.TYPE).end(json());
        } else {
            page().headers().forEach(response::putHeader);
            response.end(page().html());
        }
    }
}
