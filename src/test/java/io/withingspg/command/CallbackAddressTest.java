package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.withingspg.enrol.Consents.Return;
import org.junit.jupiter.api.Test;

final class CallbackAddressTest {
    @Test
    void the_whole_address_its_query_or_the_code_alone_will_do() {
        var expected = new Return("s", "c", null);
        assertThat(CallbackAddress.parse("https://health.example.org/callback?code=c&state=s", null))
                .isEqualTo(expected);
        assertThat(CallbackAddress.parse("http://127.0.0.1:8080/callback?state=s&x&code=c#_=_", null))
                .isEqualTo(expected);
        assertThat(CallbackAddress.parse("?state=s&code=c", "another")).isEqualTo(expected);
        assertThat(CallbackAddress.parse("code=c", "s")).isEqualTo(expected);
        assertThat(CallbackAddress.parse("c", "s")).isEqualTo(expected);
        assertThat(CallbackAddress.parse("c=", "s")).isEqualTo(new Return("s", "c=", null));
    }

    @Test
    void a_refused_consent_comes_back_without_a_code() {
        assertThat(CallbackAddress.parse("/callback?error=access_denied&state=s", null))
                .isEqualTo(new Return("s", null, "access_denied"));
        assertThat(CallbackAddress.parse("/callback?error=a%0Ab&state=s", null))
                .isEqualTo(new Return("s", null, "a?b"));
    }

    @Test
    void what_does_not_tell_both_is_nothing() {
        for (var text : new String[] {"", "c", "/callback?code=c", "/callback?state=s"}) {
            assertThat(CallbackAddress.parse(text, null)).as(text).isNull();
        }
        assertThat(CallbackAddress.parse("", "s")).isNull();
    }
}
