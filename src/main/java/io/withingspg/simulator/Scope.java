package io.withingspg.simulator;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What a person may grant. */
enum Scope {
    INFO("user.info", "Devices and goals", "Scales, watches, mats and their batteries; the goals you set yourself"),
    METRICS("user.metrics", "Measurements", "Weight and body composition, blood pressure, temperature, heart records"),
    ACTIVITY("user.activity", "Activity and sleep", "Steps, workouts, and your nights with their stages"),
    SLEEP_EVENTS("user.sleepevents", "Bedtime events", "The moment you go to bed and the moment you leave it");

    private final String id;
    private final String title;
    private final String explanation;

    Scope(String id, String title, String explanation) {
        this.id = id;
        this.title = title;
        this.explanation = explanation;
    }

    static Set<String> all() {
        return Arrays.stream(values()).map(Scope::id).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    static Optional<Scope> of(String id) {
        return Arrays.stream(values()).filter(scope -> scope.id.equals(id)).findFirst();
    }

    /** As the API writes them: in its own order, with commas. */
    static String joined(Set<String> scopes) {
        return all().stream().filter(scopes::contains).collect(Collectors.joining(","));
    }

    String id() {
        return id;
    }

    String title() {
        return title;
    }

    String explanation() {
        return explanation;
    }
}
