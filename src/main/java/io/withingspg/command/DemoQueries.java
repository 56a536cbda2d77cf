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
            -- Is Ada losing weight? Monthly means, kg
            SELECT to_char(day, 'YYYY-MM') AS month, round(avg(weight_kg), 1) AS mean_kg, count(*) AS weighings
            FROM analytics.weight
            WHERE ref = 'Ada' AND origin = 'device'
            GROUP BY month
            ORDER BY month DESC
            LIMIT 6""", """
            -- Whose blood pressure was high in the last 90 days? mmHg
            SELECT ref, round(avg(value) FILTER (WHERE type = 10)) AS systolic,
                   round(avg(value) FILTER (WHERE type = 9)) AS diastolic, count(DISTINCT measured_at) AS readings
            FROM analytics.measure
            WHERE type IN (9, 10) AND day >= current_date - 90
            GROUP BY ref
            ORDER BY systolic DESC
            LIMIT 5""", """
            -- Who sleeps least? Hours a day, naps included, and how much of it deep
            SELECT u.ref, count(DISTINCT s.day) AS days,
                   round(sum(s.asleep_s) / 3600.0 / count(DISTINCT s.day), 1) AS hours_asleep,
                   round(100.0 * sum(s.deep_s) / sum(s.asleep_s)) AS deep_pct
            FROM withings.sleep_summary s
            JOIN analytics.enrolled_user u USING (user_id)
            WHERE s.asleep_s > 0
            GROUP BY u.ref
            ORDER BY hours_asleep
            LIMIT 5""");

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
