package io.withingspg.withings;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class CallRouteTest {
    private static final Call TOKEN = new Call("/v2/oauth2", "requesttoken");

    @Test
    void a_code_does_not_wait_for_the_quota_until_it_is_dead() {
        var exchange = new Request(null, TOKEN, Map.of("grant_type", "authorization_code"));
        var refresh = new Request(7L, TOKEN, Map.of("grant_type", "refresh_token"));
        var reading = new Request(7L, new Call("/measure", "getmeas"), Map.of()).bearing("token");

        assertThat(CallRoute.patience(exchange)).isLessThan(Duration.ofSeconds(30));
        assertThat(CallRoute.patience(refresh)).isEqualTo(Duration.ofMinutes(2));
        assertThat(CallRoute.patience(reading)).isEqualTo(Duration.ofHours(1));
    }
}
