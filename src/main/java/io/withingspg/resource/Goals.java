package io.withingspg.resource;

import static io.withingspg.schema.withings.Tables.GOAL;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.withingspg.schema.withings.tables.records.GoalRecord;
import io.withingspg.withings.Call;
import io.withingspg.withings.Scope;
import java.util.List;
import java.util.Map;

/** What the person aims at now: {@code POST /v2/user action=getgoals}, an object of name → goal. */
final class Goals {
    /** The API names no units; a goal yet unknown has none. */
    private static final Map<String, String> UNITS = Map.of("steps", "steps", "sleep", "s", "weight", "kg");

    static final Resource GOALS = new Resource(
            "goals",
            Scope.USER_INFO,
            new Call("/v2/user", "getgoals"),
            Map.of(),
            Resource.Paging.SINGLE,
            new Movement.Whole(),
            List.of(new Target.History(GOAL)),
            page -> page.eachField("goals", Goals::goal));

    private Goals() {}

    private static GoalRecord goal(Item goal) {
        var name = goal.text("name");
        var row = new GoalRecord().setGoal(name).setUnit(UNITS.get(name));
        if (!(goal.field("value").node() instanceof ObjectNode)) {
            return row.setValue(goal.decimal("value"));
        }
        var scaled = goal.within("value");
        return row.setValue(scaled.scaled("value", "unit")).setExtra(scaled.extra());
    }
}
