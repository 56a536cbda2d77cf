package io.withingspg.withings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.withingspg.withings.CallFailure.NotPermitted;
import io.withingspg.withings.CallFailure.OverQuota;
import io.withingspg.withings.CallFailure.Refused;
import io.withingspg.withings.CallFailure.SameArguments;
import io.withingspg.withings.CallFailure.TokenRefused;
import io.withingspg.withings.CallFailure.Unavailable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an answer means, whatever it looks like. */
final class EnvelopeTest {
    @Test
    void the_body_of_a_good_answer_comes_out_exactly() {
        assertThat(open("{\"status\":0,\"body\":{\"a\":1.10,\"b\":12345678901234567890}}")
                        .toString())
                .isEqualTo("{\"a\":1.10,\"b\":12345678901234567890}");
        assertThat(open("{\"status\":\"0\",\"body\":{\"a\":1}}").size()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"status\":0}", "{\"status\":0,\"body\":[]}", "{\"status\":0,\"body\":null}"})
    void a_good_answer_without_a_body_is_an_empty_one(String answer) {
        assertThat(open(answer).isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "0",
                "[]",
                "{}",
                "{\"body\":{}}",
                "{\"status\":null}",
                "{\"status\":{}}",
                "{\"status\":\"ok\"}",
                "{\"status\":0.5}",
                "{\"status\":99999999999}",
                "{\"status\":0,\"body\":{\"a\":",
                "{\"status\":0,\"body\":{}} trailing",
                "<!DOCTYPE html><html></html>",
                "\u0000\u0001"
            })
    void what_is_no_answer_may_pass_and_shows_nothing_of_itself(String answer) {
        var failure = failure(answer, 200, null);

        assertThat(failure).isInstanceOf(Unavailable.class);
        assertThat(failure.getMessage()).startsWith("the answer is not in Withings' form");
    }

    @Test
    void a_large_answer_means_what_a_small_one_means() {
        var list = "\"list\":[" + "{\"a\":10},".repeat(500_000) + "0]";

        assertThat(new Envelope()
                        .open(
                                Answer.of(("{\"body\":{" + list + ",\"more\":1},\"status\":0}")
                                        .getBytes(StandardCharsets.UTF_8)),
                                200,
                                null))
                .isInstanceOfSatisfying(
                        LargeBody.class,
                        body -> assertThat(body.scalars().toString()).isEqualTo("{\"more\":1}"));
        assertThat(failure(
                        "{\"body\":{" + list + ",\"wait_seconds\":7},\"error\":\"same arguments\",\"status\":601}",
                        200,
                        null))
                .isInstanceOfSatisfying(
                        SameArguments.class, same -> assertThat(same.pause()).hasSeconds(7));
        assertThat(failure("{\"status\":0,\"body\":{" + list, 200, null))
                .isInstanceOf(Unavailable.class)
                .hasMessageMatching("the answer is not in Withings' form: cut off or garbled after [0-9]{7} bytes");
        assertThat(failure("{\"body\":{" + list + "}}", 200, null)).isInstanceOf(Unavailable.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 302, 400, 401, 403, 404, 500, 502, 503, 504})
    void other_http_statuses_may_pass(int http) {
        assertThat(failure("{\"status\":0,\"body\":{}}", http, null))
                .isInstanceOf(Unavailable.class)
                .hasMessage("HTTP " + http + " from Withings");
    }

    @ParameterizedTest
    @CsvSource({
        "100, '', true",
        "401, XRequestID: Not provided invalid_token, true",
        "503, invalid_token, true",
        "2555, the access token is an invalid_token, true",
        "283, '', false"
    })
    void a_refused_access_token_is_known_by_number_or_text(int status, String error, boolean sure) {
        assertThat(failure(status, error))
                .isInstanceOfSatisfying(
                        TokenRefused.class,
                        refused -> assertThat(refused.sure()).isEqualTo(sure));
    }

    @ParameterizedTest
    @CsvSource({
        "503, Invalid Params: invalid refresh_token",
        "401, invalid refresh_token",
        "601, Invalid Refresh_Token",
        "503, Invalid Params: invalid code",
        "2554, not implemented",
        "293, ''"
    })
    void a_dead_refresh_token_a_used_code_and_a_wrong_call_are_refused(int status, String error) {
        assertThat(failure(status, error)).isInstanceOf(Refused.class);
    }

    @ParameterizedTest
    @CsvSource({
        "247, ''",
        "247, 'The userid provided is absent, or incorrect'",
        "503, 'Invalid Params: userid not found'",
        "293, The user has unlinked this application"
    })
    void a_person_withings_does_not_know_is_told_from_a_dead_token(int status, String error) {
        assertThat(failure(status, error)).isInstanceOf(CallFailure.PersonUnknown.class);
    }

    @ParameterizedTest
    @CsvSource({
        "503, Missing params: userid",
        "503, Invalid Params: unknown client",
        "247, Invalid Params: invalid refresh_token",
        "293, Invalid Params: user"
    })
    void what_may_be_our_own_fault_is_no_unknown_person(int status, String error) {
        assertThat(failure(status, error)).isInstanceOf(Refused.class);
    }

    @Test
    void what_is_not_permitted_is_no_outage() {
        assertThat(failure(2555, "Unauthorized")).isInstanceOf(NotPermitted.class);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {"-, 60", "7, 7", "' 7 ', 7", "0, 0", "999999, 900", "9999999999, 60", "soon, 60", "-5, 60"})
    void over_the_quota_the_answer_says_how_long_else_a_minute_and_never_hours(@Nullable String header, int seconds) {
        for (var failure : new CallFailure[] {
            failure("{\"status\":601,\"error\":\"Too Many Requests\"}", 200, header), failure("<html>", 429, header)
        }) {
            assertThat(failure)
                    .isInstanceOfSatisfying(
                            OverQuota.class, quota -> assertThat(quota.pause()).isEqualTo(Duration.ofSeconds(seconds)));
        }
    }

    @ParameterizedTest
    @CsvSource({"188, 188", "'\"3\"', 3", "null, 10", "-1, 10", "1e9, 10", "86400, 900"})
    void the_same_arguments_too_soon_wait_as_long_as_told_else_ten_seconds(String wait, int seconds) {
        assertThat(failure(
                        "{\"status\":601,\"error\":\"Same arguments in less than 10 seconds\",\"body\":{\"wait_seconds\":"
                                + wait + "}}",
                        200,
                        "99"))
                .isInstanceOfSatisfying(
                        SameArguments.class, same -> assertThat(same.pause()).isEqualTo(Duration.ofSeconds(seconds)));
    }

    @Test
    void messages_are_one_line_without_secrets_and_of_bounded_length() {
        var failure = failure(2556, "line one\nline\u0000two 0123456789abcdef0123456789 " + "word ".repeat(200));

        assertThat(failure.getMessage())
                .startsWith("status 2556 (line one line two … word")
                .hasSizeLessThan(250)
                .doesNotContain("\n", "\u0000");
    }

    private static com.fasterxml.jackson.databind.node.ObjectNode open(String answer) {
        return (ObjectNode) new Envelope().open(Answer.of(answer.getBytes(StandardCharsets.UTF_8)), 200, null);
    }

    private static CallFailure failure(int status, String error) {
        var answer = com.fasterxml.jackson.databind.node.JsonNodeFactory.instance
                .objectNode()
                .put("status", status)
                .put("error", error);
        return failure(answer.toString(), 200, null);
    }

    private static CallFailure failure(String answer, int http, @Nullable String retryAfter) {
        return catchThrowableOfType(
                CallFailure.class,
                () -> new Envelope().open(Answer.of(answer.getBytes(StandardCharsets.UTF_8)), http, retryAfter));
    }
}
