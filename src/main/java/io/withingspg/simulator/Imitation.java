package io.withingspg.simulator;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.extension.ResponseDefinitionTransformerV2;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.http.Request;
import com.github.tomakehurst.wiremock.http.ResponseDefinition;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import java.time.Duration;

/** The only stub WireMock has: every request goes to the consent page or to the API, every answer comes from there. */
final class Imitation implements ResponseDefinitionTransformerV2 {
    private final Api api;
    private final Consent consent;
    private final Duration latency;

    Imitation(Api api, Consent consent, Duration latency) {
        this.api = api;
        this.consent = consent;
        this.latency = latency;
    }

    @Override
    public String getName() {
        return "withings";
    }

    @Override
    public ResponseDefinition transform(ServeEvent event) {
        var answer = answer(event.getRequest());
        if (answer.reset()) {
            return new ResponseDefinitionBuilder()
                    .withFault(Fault.CONNECTION_RESET_BY_PEER)
                    .build();
        }
        var response = new ResponseDefinitionBuilder()
                .withStatus(answer.status())
                .withHeader("Content-Type", answer.type())
                .withBody(answer.body());
        answer.headers().forEach((name, value) -> response.withHeader(name, value));
        var delay = latency.plus(answer.delay());
        if (delay.isPositive()) {
            response.withFixedDelay(Math.toIntExact(delay.toMillis()));
        }
        return response.build();
    }

    private Answer answer(Request request) {
        var url = request.getUrl();
        int question = url.indexOf('?');
        var path = question < 0 ? url : url.substring(0, question);
        var query = question < 0 ? "" : url.substring(question + 1);
        var body = request.getBodyAsString();
        if (path.equals(Consent.PATH)) {
            return request.getMethod().getName().equals("POST") ? consent.decided(body) : consent.asked(query);
        }
        var form = query.isEmpty() ? body : query + "&" + body;
        return api.answer(Ask.of(path, form, request.getHeader("Authorization")));
    }
}
