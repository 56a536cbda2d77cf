package io.withingspg.simulator;

import java.util.ArrayList;
import java.util.List;

/** A day's measure groups, from every device. */
final class Measures {
    private Measures() {}

    static List<Row> of(Day day) {
        var groups = new ArrayList<Group>();
        Weighings.of(day, groups);
        BloodPressure.of(day, groups);
        Vitals.of(day, groups);
        return groups.stream().map(Group::row).toList();
    }
}
