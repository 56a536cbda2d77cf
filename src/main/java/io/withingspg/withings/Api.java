package io.withingspg.withings;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.camel.ProducerTemplate;

/** Calls from outside the pipeline: tokens and consents. The same route, so the same quota, spacing and metrics. */
public final class Api {
    private final ProducerTemplate template;

    public Api(ProducerTemplate template) {
        this.template = template;
    }

    /**
     * @return the answer's {@code body}
     * @throws CallFailure as {@link CallRoute} does
     */
    public ObjectNode call(Request request) {
        var exchange = template.send(CallRoute.CALL, sent -> sent.getMessage().setBody(request));
        switch (exchange.getException()) {
            case null -> {}
            case CallFailure failure -> throw failure;
            case Exception other -> throw new IllegalStateException("a call failed in an unforeseen way", other);
        }
        return exchange.getMessage().getBody(ObjectNode.class);
    }
}
