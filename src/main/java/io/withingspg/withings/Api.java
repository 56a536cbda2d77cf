package io.withingspg.withings;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Supplier;
import org.apache.camel.ProducerTemplate;

/** Calls from outside the pipeline: tokens and consents. The same route, so the same quota, spacing and metrics. */
public final class Api {
    private final Supplier<ProducerTemplate> template;

    /** @param template asked for at each call, as routes start after those who call them are made */
    public Api(Supplier<ProducerTemplate> template) {
        this.template = template;
    }

    /**
     * @return the answer's {@code body}
     * @throws CallFailure as {@link CallRoute} does
     */
    public ObjectNode call(Request request) {
        var exchange =
                template.get().send(CallRoute.CALL, sent -> sent.getMessage().setBody(request));
        switch (exchange.getException()) {
            case null -> {}
            case CallFailure failure -> throw failure;
            case Exception other -> throw new IllegalStateException("a call failed in an unforeseen way", other);
        }
        return exchange.getMessage().getBody() instanceof LargeBody large
                ? large.scalars() // which is all there is in a grant
                : exchange.getMessage().getBody(ObjectNode.class);
    }
}
