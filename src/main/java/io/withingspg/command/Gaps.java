package io.withingspg.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.withingspg.config.Settings;
import io.withingspg.resource.Movement;
import io.withingspg.resource.Resources;
import io.withingspg.store.Coverage;
import io.withingspg.store.Coverage.Gap;
import io.withingspg.store.Coverage.Wanted;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import org.jooq.DSLContext;

/** Days that are missing, as the commands that fetch them. */
final class Gaps {
    private final Coverage coverage;
    private final Settings settings;

    Gaps(DSLContext sql, Settings settings) {
        this.coverage = new Coverage(sql);
        this.settings = settings;
    }

    void print(PrintWriter out, Collection<Long> users, boolean json) {
        var gaps = coverage.gaps(users, wanted(), Clock.systemUTC().instant());
        if (json) {
            out.println(json(gaps));
        } else if (gaps.isEmpty()) {
            out.println("No gaps: every day that is over was asked for after its end.");
        } else {
            out.println("Days that nobody asked for, or not since they ended:");
            gaps.forEach(gap -> out.println("  " + command(gap)));
            if (gaps.size() == Coverage.GAPS_MAX) {
                out.println("There may be more: fetch these first, or choose people with --user.");
            }
        }
    }

    /** Of what comes a day a call, no more is missed than what is fetched by itself. */
    private List<Wanted> wanted() {
        var samplesFrom =
                LocalDate.now(ZoneOffset.UTC).minusDays(settings.sync().samplesBackfillDays());
        var from = settings.backfillFrom();
        return settings.sync().resources().stream()
                .flatMap(name -> Resources.named(name).stream())
                .filter(Wanted::hasDays)
                .map(resource -> new Wanted(
                        resource,
                        resource.movement() instanceof Movement.Windows && (from == null || from.isBefore(samplesFrom))
                                ? samplesFrom
                                : from))
                .toList();
    }

    private static String command(Gap gap) {
        return "withings sync --user %d --resource %s --from %s --to %s"
                .formatted(gap.userId(), gap.resource(), gap.from(), gap.to());
    }

    private static String json(List<Gap> gaps) {
        var root = new ObjectMapper().createObjectNode();
        var array = root.putArray("gaps");
        gaps.forEach(gap -> array.addObject()
                .put("user_id", gap.userId())
                .put("resource", gap.resource())
                .put("from", gap.from().toString())
                .put("to", gap.to().toString())
                .put("command", command(gap)));
        root.put("complete", gaps.size() < Coverage.GAPS_MAX);
        return root.toPrettyString();
    }
}
