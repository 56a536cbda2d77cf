package io.withingspg.console;

import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.PlatformHttpComponent;
import org.apache.camel.http.base.HttpHeaderFilterStrategy;

/** Camel keeps {@code Cache-Control} to itself unless told otherwise, and what we answer is nobody's to keep. */
public final class SentHeaders extends HttpHeaderFilterStrategy {
    private SentHeaders() {
        getOutFilter().remove("cache-control");
    }

    /** For all that the web door answers. */
    public static void configure(CamelContext camel) {
        camel.getComponent("platform-http", PlatformHttpComponent.class).setHeaderFilterStrategy(new SentHeaders());
    }
}
