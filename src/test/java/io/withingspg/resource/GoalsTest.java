package io.withingspg.resource;

import static io.withingspg.schema.withings.Tables.GOAL;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.Test;

class GoalsTest {
    private static Normalised normalise(String body) {
        return Goals.GOALS.normalise((ObjectNode) Sample.json(body), new Span.Everything(), Bounds.NONE);
    }

    @Test
    void each_goal_is_a_row_with_its_unit() {
        var goals = normalise("""
                {"goals": {"steps": 10000, "sleep": 28800, "weight": {"value": 70500, "unit": -3}, "naps": "2"}}
                """).rows().stream()
                .map(row -> row.into(GOAL))
                .map(goal -> goal.getGoal() + " " + goal.getValue() + " " + goal.getUnit())
                .toList();

        assertThat(goals).containsExactly("steps 10000 steps", "sleep 28800 s", "weight 70.500 kg", "naps 2 null");
    }

    @Test
    void no_goals_come_in_several_forms() {
        for (var none : List.of("[]", "{}", "null", "{\"steps\": null}")) {
            var page = normalise("{\"goals\": " + none + "}");
            assertThat(page.rows()).as(none).isEmpty();
            assertThat(page.rejects()).as(none).isEmpty();
        }
    }

    @Test
    void an_answer_that_does_not_speak_of_goals_is_not_an_answer_of_none() {
        assertThat(normalise("{}").rejects()).extracting(Rejected::reason).containsExactly("goals: missing");
    }

    @Test
    void a_goal_that_cannot_be_read_costs_no_other() {
        var page = normalise("{\"goals\": {\"steps\": \"many\", \"weight\": {\"value\": 70}, \"sleep\": 28800}}");

        assertThat(page.rows()).extracting(row -> row.get("goal")).containsExactly("sleep");
        assertThat(page.rejects())
                .extracting(Rejected::reason)
                .containsExactly("value: expected a number", "value.unit: missing");
    }
}
