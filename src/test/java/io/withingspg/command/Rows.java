package io.withingspg.command;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Rows of one person as a sync would have written them, by hand: what a test is about, and nothing else. Instants read
 * {@code 2025-03-30T00:30:00Z}, or as PostgreSQL takes them.
 */
final class Rows {
    private static long numbers = 1000;

    private final Rig rig;
    private final long userId;

    /** @param ref the owner's name for the person */
    Rows(Rig rig, long userId, @Nullable String ref) {
        this.rig = rig;
        this.userId = userId;
        rig.sql().execute("""
                INSERT INTO sync.enrolment (user_id, ref, status, scopes, enrolled_at)
                VALUES (?, ?, 'active', '{user.info,user.metrics,user.activity}', '2025-01-01 09:00:00+00')
                """, userId, ref);
    }

    /** @param assignments of {@code sync.enrolment} */
    Rows enrolment(String assignments) {
        rig.sql().execute("UPDATE sync.enrolment SET " + assignments + " WHERE user_id = ?", userId);
        return this;
    }

    private static synchronized long number() {
        return ++numbers;
    }

    /**
     * @param device null where the API names none
     * @param attribution 0 a device's, 1 may be of someone else, 2 typed in
     * @return the number of the group
     */
    long reading(String at, @Nullable String zone, @Nullable String device, int attribution) {
        var group = number();
        rig.sql().execute("""
                INSERT INTO withings.measure_group (user_id, group_id, measured_at, day, timezone, attribution, category, device_id)
                VALUES (?, ?, ?::timestamptz, (?::timestamptz AT TIME ZONE coalesce(?, 'UTC'))::date, ?, ?, 1, ?)
                """, userId, group, at, at, zone, zone, attribution, device);
        return group;
    }

    Rows value(long group, int type, String value) {
        return value(group, type, -1, value);
    }

    Rows value(long group, int type, int position, String value) {
        rig.sql().execute("""
                INSERT INTO withings.measure (user_id, group_id, type, position, value, measured_at)
                SELECT user_id, group_id, ?, ?, ?, measured_at FROM withings.measure_group WHERE user_id = ? AND group_id = ?
                """, type, position, new BigDecimal(value), userId, group);
        return this;
    }

    /** A reading of one value by a device. */
    long measured(String at, @Nullable String zone, int type, String value) {
        var group = reading(at, zone, "scale", 0);
        value(group, type, value);
        return group;
    }

    /** @return the number of the night */
    long night(String from, String to, String zone, @Nullable String device, @Nullable Integer asleep) {
        var night = number();
        rig.sql().execute("""
                INSERT INTO withings.sleep_summary (user_id, sleep_id, started_at, ended_at, day, timezone, source, device_id, asleep_s)
                VALUES (?, ?, ?::timestamptz, ?::timestamptz, (?::timestamptz AT TIME ZONE ?)::date, ?, 16, ?, ?)
                """, userId, night, from, to, to, zone, zone, device, asleep);
        return night;
    }

    /** @param state 0 awake, 1 light, 2 deep, 3 REM */
    Rows stage(String from, String to, String device, int state) {
        rig.sql().execute("""
                INSERT INTO withings.sleep_stage (user_id, started_at, ended_at, device_id, state, source)
                VALUES (?, ?::timestamptz, ?::timestamptz, ?, ?, 16)
                """, userId, from, to, device, state);
        return this;
    }

    Rows day(String day, String zone, @Nullable Integer steps) {
        rig.sql().execute("""
                INSERT INTO withings.activity_day (user_id, day, timezone, steps, is_tracker, device_id)
                VALUES (?, ?::date, ?, ?, true, 'watch')
                """, userId, day, zone, steps);
        return this;
    }

    Rows sample(String at, String device, @Nullable Integer heartRate, @Nullable Integer steps) {
        rig.sql().execute("""
                INSERT INTO withings.activity_sample (user_id, sampled_at, device_id, heart_rate, steps)
                VALUES (?, ?::timestamptz, ?, ?, ?)
                """, userId, at, device, heartRate, steps);
        return this;
    }

    /** A heart rate every quarter of an hour, from the first instant until just before the other. */
    Rows worn(String from, String until) {
        rig.sql().execute("""
                INSERT INTO withings.activity_sample (user_id, sampled_at, device_id, heart_rate)
                SELECT ?, at, 'watch', 60 FROM generate_series(?::timestamptz, ?::timestamptz - interval '1 second', interval '15 minutes') at
                """, userId, from, until);
        return this;
    }

    Rows device(String device, String type, @Nullable String zone, @Nullable String lastSession) {
        rig.sql().execute("""
                INSERT INTO withings.device (user_id, device_id, type, timezone, last_session_at, battery)
                VALUES (?, ?, ?, ?, ?::timestamptz, 'medium')
                """, userId, device, type, zone, lastSession);
        return this;
    }

    /** @param at when the day was asked for; null where only rows came */
    Rows asked(String resource, String day, @Nullable String at) {
        rig.sql().execute("""
                INSERT INTO sync.coverage (user_id, resource, day, asked_at) VALUES (?, ?, ?::date, ?::timestamptz)
                """, userId, resource, day, at);
        return this;
    }
}
