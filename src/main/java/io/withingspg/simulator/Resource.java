package io.withingspg.simulator;

import java.util.Arrays;
import java.util.List;

/** The lists a person has, and how the API names their parts. */
enum Resource {
    MEASURES("getmeas", "grpid", "date") {
        @Override
        List<Row> of(Day day) {
            return Measures.of(day);
        }
    },
    ACTIVITY("getactivity", "date", "date") {
        @Override
        List<Row> of(Day day) {
            return Activities.of(day);
        }
    },
    WORKOUTS("getworkouts", "id", "startdate") {
        @Override
        List<Row> of(Day day) {
            return Workouts.of(day);
        }
    },
    SLEEP("getsummary", "id", "startdate") {
        @Override
        List<Row> of(Day day) {
            return Nights.of(day);
        }
    },
    HEART("list", "timestamp", "timestamp") {
        @Override
        List<Row> of(Day day) {
            return HeartRecords.of(day);
        }
    };

    private final String action;
    private final String idField;
    private final String timeField;

    Resource(String action, String idField, String timeField) {
        this.action = action;
        this.idField = idField;
        this.timeField = timeField;
    }

    static Resource of(String action) {
        return Arrays.stream(values())
                .filter(resource -> resource.action.equals(action))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("No list is fetched by " + action));
    }

    /** What the person's devices delivered on that day. */
    abstract List<Row> of(Day day);

    String idField() {
        return idField;
    }

    String timeField() {
        return timeField;
    }
}
