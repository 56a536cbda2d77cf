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
            LIMIT 6;""", """
            -- Whose blood pressure was high in the last 90 days? mmHg
            SELECT ref, round(avg(systolic)) AS systolic, round(avg(diastolic)) AS diastolic, count(*) AS readings
            FROM analytics.blood_pressure
            WHERE day >= current_date - 90 AND origin IS DISTINCT FROM 'ambiguous'
            GROUP BY ref
            ORDER BY systolic DESC
            LIMIT 5;""", """
            -- Who sleeps least? Hours a night, and how much of it deep
            SELECT ref, count(*) AS nights,
                   round(avg(asleep_s) / 3600.0, 1) AS hours_asleep,
                   round(100.0 * sum(deep_s) / sum(asleep_s)) AS deep_pct
            FROM analytics.sleep
            WHERE is_main AND asleep_s > 0
            GROUP BY ref
            ORDER BY hours_asleep
            LIMIT 5;""");

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
