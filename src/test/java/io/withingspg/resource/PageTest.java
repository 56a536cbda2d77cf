package io.withingspg.resource;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageTest {
    private static Page.Continuation continuation(String body) {
        return Page.continuation((ObjectNode) Sample.json(body));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "true", "\"1\"", "\"true\"", "2", "1.0"})
    void there_is_more(String more) {
        assertThat(continuation("{\"more\": " + more + "}").more()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "false", "\"0\"", "\"false\"", "null", "\"\"", "\"maybe\"", "[1]", "{}"})
    void there_is_no_more(String more) {
        assertThat(continuation("{\"more\": " + more + "}").more()).isFalse();
    }

    @Property
    void an_offset_may_be_a_number_or_text(@ForAll @LongRange(min = 0) long offset) {
        assertThat(continuation("{\"offset\": " + offset + "}").offset()).isEqualTo(offset);
        assertThat(continuation("{\"offset\": \"" + offset + "\"}").offset()).isEqualTo(offset);
    }

    @Property
    void whatever_an_answer_holds_how_it_goes_on_is_known(
            @ForAll("mutations") Mutation more,
            @ForAll("mutations") Mutation offset,
            @ForAll("mutations") Mutation time) {
        var body = JsonNodeFactory.instance.objectNode();
        var one = JsonNodeFactory.instance.numberNode(1);
        body.set("more", more.at(0, one));
        body.set("offset", offset.at(0, one));
        body.set("updatetime", time.at(0, one));

        var on = Page.continuation(body);

        assertThat(on.offset() == null || on.offset() >= 0).isTrue();
    }

    @Provide
    Arbitrary<Mutation> mutations() {
        return Arbitraries.of(Mutation.ALL);
    }

    @Test
    void the_servers_time_may_be_a_number_or_text() {
        var at = Instant.ofEpochSecond(1594260000);
        assertThat(continuation("{\"updatetime\": 1594260000}").updatedAt()).isEqualTo(at);
        assertThat(continuation("{\"updatetime\": \"1594260000\"}").updatedAt()).isEqualTo(at);
        assertThat(continuation("{\"updatetime\": 0}").updatedAt()).isNull();
        assertThat(continuation("{}").updatedAt()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"series\": []}", "{\"series\": {}}", "{\"series\": null}"})
    void an_empty_list_comes_in_several_forms(String body) {
        var page = Workouts.WORKOUTS.normalise((ObjectNode) Sample.json(body), new Span.Everything(), Bounds.NONE);

        assertThat(page.rows()).isEmpty();
        assertThat(page.rejects()).isEmpty();
    }

    @Test
    void what_should_be_a_list_and_is_not_is_a_reject() {
        var page = Workouts.WORKOUTS.normalise(
                (ObjectNode) Sample.json("{\"series\": {\"7\": 1}}"), new Span.Everything(), Bounds.NONE);

        assertThat(page.rejects()).extracting(Rejected::reason).containsExactly("series: expected a list");
    }
}
