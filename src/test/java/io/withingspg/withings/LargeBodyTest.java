package io.withingspg.withings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An answer that is read part by part says the same as one that is read as a whole. */
final class LargeBodyTest {
    private static final int RECORDS = 20_000;

    private static String records() {
        return IntStream.range(0, RECORDS)
                .mapToObj("{\"id\":%d,\"name\":\"Zoë 😀\",\"in\":[[1.50,{}]]}"::formatted)
                .collect(Collectors.joining(",\n"));
    }

    private static LargeBody body(String json) throws JsonProcessingException {
        return LargeBody.of(Answer.of(json.getBytes(StandardCharsets.UTF_8)));
    }

    private static List<ObjectNode> parts(LargeBody body) {
        var parts = new ArrayList<ObjectNode>();
        body.parts().forEachRemaining(parts::add);
        return parts;
    }

    private static List<JsonNode> all(List<ObjectNode> parts, String list) {
        return parts.stream().flatMap(part -> part.path(list).valueStream()).toList();
    }

    @Test
    void a_list_comes_in_pieces_in_its_order_each_with_the_scalars_before_and_after_it() throws Exception {
        var json = "{\"body\":{\"zone\":\"Ünï\",\"list\":[" + records()
                + "],\"more\":1,\"rate\":36.50,\"none\":null},\"status\":0}";

        var body = body(json);

        var parts = parts(body);
        assertThat(parts).hasSizeBetween(3, 20);
        assertThat(parts).allSatisfy(part -> {
            assertThat(part.path("list").size()).isPositive();
            assertThat(part.deepCopy().without("list").toString())
                    .isEqualTo("{\"zone\":\"Ünï\",\"more\":1,\"rate\":36.50,\"none\":null}");
        });
        assertThat(all(parts, "list"))
                .isEqualTo(Json.MAPPER
                        .readTree(json)
                        .at("/body/list")
                        .valueStream()
                        .toList());
        assertThat(body.whole()).isEqualTo(Json.MAPPER.readTree(json).get("body"));
        assertThat(body.envelope().path("status").asInt()).isZero();
    }

    @Test
    void an_object_of_moments_comes_in_pieces_too() throws Exception {
        var moments = IntStream.range(0, RECORDS)
                .mapToObj("\"%d\":{\"heart_rate\":60,\"model\":\"watch\"}"::formatted)
                .collect(Collectors.joining(","));

        var parts = parts(body("{\"status\":0,\"body\":{\"series\":{" + moments + "},\"model\":5}}"));

        assertThat(parts)
                .hasSizeGreaterThan(2)
                .allMatch(part -> part.path("model").asInt() == 5);
        assertThat(parts.stream()
                        .flatMap(part -> part.path("series").propertyStream().map(java.util.Map.Entry::getKey)))
                .containsExactlyElementsOf(
                        IntStream.range(0, RECORDS).mapToObj(Integer::toString).toList());
    }

    @Test
    void of_two_lists_each_comes_with_the_scalars() throws Exception {
        var parts = parts(body(
                "{\"status\":0,\"body\":{\"one\":[" + records() + "],\"a\":1,\"two\":[{\"id\":-1},{\"id\":-2}]}}"));

        assertThat(all(parts, "one")).hasSize(RECORDS);
        assertThat(all(parts, "two").stream().map(two -> two.path("id").asInt()))
                .containsExactly(-1, -2);
        assertThat(parts).allMatch(part -> part.size() == 2 && part.path("a").asInt() == 1);
    }

    @Test
    void an_empty_list_is_a_part() throws Exception {
        assertThat(parts(body("{\"status\":0,\"body\":{\"list\":[],\"more\":0}}")))
                .extracting(ObjectNode::toString)
                .containsExactly("{\"more\":0,\"list\":[]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"status\":0}", "{\"status\":0,\"body\":[1]}", "{\"body\":null,\"status\":0}", "{\"body\":{}}"
            })
    void without_a_body_one_empty_part_comes(String json) throws Exception {
        assertThat(parts(body(json))).extracting(ObjectNode::toString).containsExactly("{}");
    }

    @Test
    void what_is_told_twice_counts_as_told_last() throws Exception {
        var body = body("{\"status\":7,\"body\":{\"list\":[1],\"a\":1,\"b\":2},\"status\":[],"
                + "\"body\":{\"list\":[2],\"a\":{},\"a\":3,\"list\":[4]}}");

        assertThat(body.envelope().has("status")).isFalse();
        assertThat(parts(body)).extracting(ObjectNode::toString).containsExactly("{\"a\":3,\"list\":[4]}");
    }

    @Test
    void a_text_that_is_too_long_to_tell_anything_is_left_out() throws Exception {
        assertThat(body("{\"status\":0,\"body\":{\"padding\":\"" + "x".repeat(20_000) + "\",\"more\":0}}")
                        .scalars()
                        .toString())
                .isEqualTo("{\"more\":0}");
    }

    @Test
    void an_answer_that_is_cut_off_anywhere_is_none() throws Exception {
        var json =
                "{\"status\":0,\"body\":{\"list\":[{\"name\":\"Zoë\",\"in\":[1.5]}],\"series\":{\"1\":{}},\"more\":true}}";
        body(json);

        for (var end = 0; end < json.length(); end++) {
            var start = json.substring(0, end);
            assertThatThrownBy(() -> body(start)).as(start).isInstanceOf(JsonProcessingException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"status\":0,\"body\":{\"list\":[}]}}",
                "{\"status\":0} {}",
                "[]",
                "{\"a\":\"\u0000\"}",
                "{\"a\":tru}"
            })
    void what_is_not_JSON_is_none(String json) {
        assertThatThrownBy(() -> body(json)).isInstanceOf(JsonProcessingException.class);
    }

    @Test
    void a_record_too_large_to_be_read_is_no_reason_to_ask_again_and_again() throws Exception {
        var parts = body("{\"status\":0,\"body\":{\"list\":[{\"a\":\"" + "x".repeat(20_000_001) + "\"}]}}")
                .parts();

        assertThatThrownBy(parts::next).isInstanceOf(CallFailure.Refused.class);
    }

    @Test
    void other_encodings_of_text_are_none() {
        var json = "{\"status\":0,\"body\":{\"list\":[1]}}";

        for (var encoding : List.of(StandardCharsets.UTF_16BE, StandardCharsets.UTF_16LE)) {
            assertThatThrownBy(() -> LargeBody.of(Answer.of(json.getBytes(encoding))))
                    .isInstanceOf(JsonProcessingException.class);
        }
        assertThatThrownBy(
                        () -> LargeBody.of(Answer.of(json.replace("1", "\"é\"").getBytes(StandardCharsets.ISO_8859_1))))
                .isInstanceOf(JsonProcessingException.class);
    }

    @Test
    void an_answer_comes_out_as_it_went_in_packed_or_not() throws Exception {
        var content = ("{\"list\":[" + records() + "]}").getBytes(StandardCharsets.UTF_8);
        var plain = Answer.of(content);
        var packed = Answer.packed(plain.packed(), content.length);

        for (var answer : Stream.of(plain, packed).toList()) {
            assertThat(answer.stream().readAllBytes()).isEqualTo(content);
            assertThat(answer.packed()).isEqualTo(plain.packed()).hasSizeLessThan(content.length / 5);
            assertThat(answer.length()).isEqualTo(content.length);
            assertThat(answer.toString()).doesNotContain("Zoë");
        }
    }
}
