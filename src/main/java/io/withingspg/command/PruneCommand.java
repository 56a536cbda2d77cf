package io.withingspg.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.withingspg.config.ConfigurationException;
import io.withingspg.store.Database;
import io.withingspg.store.SamplePartitions;
import io.withingspg.store.SamplePartitions.Fate;
import io.withingspg.store.SamplePartitions.Year;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jooq.exception.DataAccessException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

@Command(
        name = "prune",
        description = {
            "Take old samples, those of intraday and sleep-samples, out of their tables, whole years at a time.",
            "Only sync --full or --from fetches them again. All other data stays, the sums of days and nights as well; only how long"
                    + " a watch was worn is worked out from samples."
        },
        mixinStandardHelpOptions = true)
final class PruneCommand implements Callable<Integer> {
    private final Configured configured;
    private final Clock clock = Clock.systemUTC();

    @Spec
    CommandSpec spec;

    @Option(
            names = "--samples-older-than",
            required = true,
            paramLabel = "YEARS",
            converter = Age.class,
            description = "Such as 3y: calendar years (UTC) that ended at least so long ago.")
    int years;

    @ArgGroup(multiplicity = "1")
    Choice choice = new Choice();

    /** Exactly one of them. */
    static final class Choice {
        @Option(
                names = "--detach",
                description =
                        "Keep each as a table of its own, partition.*_detached, for an archive. Erasures and exports reach"
                                + " it as long as it is in that schema.")
        boolean detach;

        @Option(names = "--drop", description = "Remove them for good.")
        boolean drop;
    }

    @Option(names = "--yes", description = "Really do it; without, only tell what would go.")
    boolean yes;

    @Option(names = "--json", description = "Print as JSON.")
    boolean json;

    PruneCommand(Configured configured) {
        this.configured = configured;
    }

    /** Whole years, since partitions are. */
    static final class Age implements ITypeConverter<Integer> {
        private static final Pattern FORM = Pattern.compile("([1-9][0-9]?)y");

        @Override
        public Integer convert(String text) {
            var matcher = FORM.matcher(text);
            if (!matcher.matches()) {
                throw new TypeConversionException("'" + text + "' is not a number of years such as 3y");
            }
            return Integer.valueOf(matcher.group(1));
        }
    }

    /** @param now null where it is no more, or nothing was done yet */
    private record Pruned(Year year, @Nullable String now) {}

    @Override
    public Integer call() {
        var fate = choice.drop ? Fate.DROP : Fate.DETACH;
        var before =
                LocalDate.now(clock.withZone(ZoneOffset.UTC)).minusYears(years).getYear();
        try (var database = Configured.database(configured.settings())) {
            var partitions = new SamplePartitions(database.sql());
            if (!partitions.mayChange()) {
                throw new ConfigurationException(
                        "this database role may not change tables: run withings prune as the role"
                                + " that owns the schema");
            }
            var found = partitions.before(before);
            if (!yes || found.isEmpty()) {
                print(found.stream().map(year -> new Pruned(year, null)).toList(), before, false);
                if (!found.isEmpty()) {
                    throw new ConfigurationException(would(found, fate, before));
                }
                return ExitCode.DONE;
            }
            var pruned = new ArrayList<Pruned>();
            try {
                for (var year : found) {
                    pruned.add(new Pruned(year, partitions.prune(year, fate)));
                }
            } catch (DataAccessException e) {
                if (!Database.isHeld(e) && !Database.isDeadlock(e)) {
                    throw e;
                }
                err(found.get(pruned.size()).label() + " is in use, and so stays, with those after it: run this again"
                        + " later");
                return ExitCode.SOME_FAILED;
            } finally {
                print(pruned, before, true);
                if (fate == Fate.DETACH) {
                    database.giveRights(); // erasures go there too
                }
            }
            return ExitCode.DONE;
        }
    }

    private static String would(List<Year> found, Fate fate, int before) {
        return String.format(
                Locale.ROOT,
                "this would %s %,d samples from before %d in %d partitions%s: add --yes to do it",
                fate == Fate.DROP ? "drop" : "detach",
                found.stream().mapToLong(Year::rows).sum(),
                before,
                found.size(),
                fate == Fate.DROP ? ", for good" : "");
    }

    private void err(String line) {
        spec.commandLine().getErr().println("withings: " + line);
    }

    private void print(List<Pruned> pruned, int before, boolean done) {
        var out = spec.commandLine().getOut();
        if (json) {
            out.println(json(pruned, before, done));
        } else if (pruned.isEmpty()) {
            out.println("No samples from before " + before + (done ? " were pruned." : " are here."));
        } else {
            var table = new Table("partition", "samples", "bytes", "now");
            pruned.forEach(one -> table.row(
                    one.year().label(),
                    one.year().rows(),
                    one.year().bytes(),
                    !done ? "stays until --yes" : one.now() == null ? "dropped" : one.now()));
            out.print(table);
        }
    }

    private String json(List<Pruned> pruned, int before, boolean done) {
        var root = new ObjectMapper()
                .createObjectNode()
                .put("before", before + "-01-01")
                .put("done", done);
        var partitions = root.putArray("partitions");
        pruned.forEach(one -> partitions
                .addObject()
                .put("partition", one.year().label())
                .put("samples", one.year().rows())
                .put("bytes", one.year().bytes())
                .put("detached_to", one.now()));
        return root.toPrettyString();
    }
}
