package io.withingspg.resource;

import java.util.List;
import java.util.Optional;

/** Every resource there is, in the order people want them first. */
public final class Resources {
    public static final List<Resource> ALL = List.of(
            Measures.MEASURES,
            Sleep.SLEEP,
            Activity.ACTIVITY,
            Workouts.WORKOUTS,
            Heart.HEART,
            Ecg.ECG,
            Devices.DEVICES,
            Goals.GOALS,
            Intraday.INTRADAY, // the last two take a call for each day
            SleepSamples.SLEEP_SAMPLES);

    private Resources() {}

    public static Optional<Resource> named(String name) {
        return ALL.stream().filter(resource -> resource.name().equals(name)).findFirst();
    }

    /** In the order of {@link #ALL}. */
    public static List<String> names() {
        return ALL.stream().map(Resource::name).toList();
    }
}
