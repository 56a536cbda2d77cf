package io.withingspg.console;

import org.apache.camel.Exchange;

/** An answer for a program. */
final class Json {
    static final String TYPE = "application/json";

    private Json() {}

    static void answer(Exchange exchange, int status, String json) {
        answer(exchange, status, TYPE, json);
    }

    static void answer(Exchange exchange, int status, String type, String body) {
        var message = exchange.getMessage();
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        message.setHeader(Exchange.CONTENT_TYPE, type);
        message.setHeader("Cache-Control", "no-store");
        message.setBody(body);
    }
}
