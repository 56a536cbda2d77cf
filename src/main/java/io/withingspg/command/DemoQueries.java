package io.withingspg.command;

import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jooq.DSLContext;
import org.jooq.Field;

/** Three questions an owner might ask, and their answers. */
final class DemoQueries {
    private static final List<String> QUESTIONS = List.of("""
            -- Weight by month: is it going down?
            SELECT ref, to_char(day, 'YYYY-MM') AS month, round(avg(weight_kg), 1) AS weight_kg, count(*) AS weighings
            FROM analytics.weight
            WHERE day >= current_date - 120
            GROUP BY ref, month
            ORDER BY ref, month
            LIMIT 10
            """, """
            -- Blood pressure of the last 30 days, mmHg
            SELECT ref, round(avg(value) FILTER (WHERE name = 'systolic_blood_pressure')) AS systolic,
                   round(avg(value) FILTER (WHERE name = 'diastolic_blood_pressure')) AS diastolic, count(DISTINCT measured_at) AS readings
            FROM analytics.measure
            WHERE name IN ('systolic_blood_pressure', 'diastolic_blood_pressure') AND day >= current_date - 30
            GROUP BY ref
            ORDER BY systolic DESC
            """, """
            -- Sleep: hours asleep, and how much of it deep
            SELECT e.ref, count(*) AS nights, round(avg(s.asleep_s) / 3600.0, 1) AS hours_asleep,
                   round(100.0 * sum(s.deep_s) / sum(s.asleep_s)) AS deep_pct
            FROM withings.sleep_summary s
            JOIN analytics.enrolled_user e USING (user_id)
            GROUP BY e.ref
            ORDER BY hours_asleep
            """);

    private final DSLContext sql;
    private final PrintWriter out;

    DemoQueries(DSLContext sql, PrintWriter out) {
        this.sql = sql;
        this.out = out;
    }

    void print() {
        for (var question : QUESTIONS) {
            question.lines().forEach(line -> out.println("   " + line));
            var result = sql.fetch(question);
            var table = new Table(Stream.of(result.fields()).map(Field::getName).toArray(String[]::new));
            result.forEach(row -> table.row(Stream.of(row.intoArray())
                    .map(cell -> Objects.toString(cell, "–"))
                    .toArray()));
            out.println();
            table.toString().lines().forEach(line -> out.println("     " + line));
            out.println();
        }
        out.flush();
    }
}
