package io.withingspg.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.withingspg.command.PeopleCheck.OfPerson;
import io.withingspg.config.ConfigurationException;
import io.withingspg.config.Settings;
import io.withingspg.resource.Resources;
import io.withingspg.store.Database;
import io.withingspg.store.Examination;
import io.withingspg.store.People;
import io.withingspg.store.Person;
import io.withingspg.store.Tokens;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "doctor",
        description =
                "Look for what is wrong, and say what to do. Changes nothing, and without --probe makes no call that counts.",
        mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
    /** Of more people, only those with something to do are shown one by one. */
    private static final int PEOPLE_SHOWN_MAX = 25;

    private final Configured configured;

    @Spec
    CommandSpec spec;

    @Option(names = "--json", description = "Print as JSON.")
    boolean json;

    @Option(
            names = "--probe",
            paramLabel = "USER",
            description = "Also ask Withings once for each resource of this person (id or ref), and tell what came, was"
                    + " empty or refused. Nothing of it is stored.")
    @Nullable
    String probe;

    private final Instant now = Clock.systemUTC().instant();
    private final List<Finding> findings = new ArrayList<>();
    private final List<OfPerson> people = new ArrayList<>();
    private final List<Asked> asked = new ArrayList<>();

    DoctorCommand(Configured configured) {
        this.configured = configured;
    }

    @Override
    public Integer call() {
        var settings = settings();
        if (settings != null) {
            examine(settings);
        }
        var out = spec.commandLine().getOut();
        if (json) {
            out.println(json());
        } else {
            print(out);
        }
        return exitCode();
    }

    private @Nullable Settings settings() {
        try {
            return configured.settings();
        } catch (ConfigurationException e) {
            findings.add(Finding.of("configuration", e));
            return null;
        }
    }

    private void examine(Settings settings) {
        findings.add(configuration(settings));
        try (var base = DatabaseCheck.of(settings.database())) {
            findings.addAll(base.findings());
            var database = base.usable();
            var person = probe == null || database == null ? null : probed(new People(database.sql()), probe);
            var limits = database == null ? null : examine(settings, database, person);
            network(settings);
            if (limits != null) {
                var application = settings.application();
                findings.add(limits.plan(application == null ? null : application.callbackUrl()));
                findings.add(limits.quota());
            }
            if (probe != null) {
                probe(settings, database, person);
            }
        }
    }

    private static Finding configuration(Settings settings) {
        try {
            Service.application(settings);
            var all = settings.sync().resources().size() == Resources.ALL.size();
            return Finding.ok(
                    "configuration",
                    "readable, with the application's credentials; "
                            + (all
                                    ? "all resources"
                                    : String.join(", ", settings.sync().resources())));
        } catch (ConfigurationException e) {
            return Finding.of("configuration", e);
        }
    }

    private static Person probed(People people, String idOrRef) {
        return (idOrRef.matches("[0-9]{1,18}") ? people.find(Long.parseLong(idOrRef)) : Optional.<Person>empty())
                .or(() -> people.findByRef(idOrRef))
                .orElseThrow(() -> new ConfigurationException(
                        "--probe " + idOrRef + " is not enrolled: withings users lists who is"));
    }

    /** @param only whose tokens are looked at; null for everybody's */
    private LimitsCheck examine(Settings settings, Database database, @Nullable Person only) {
        var everybody = new People(database.sql()).list(List.of());
        var looked = only == null ? everybody : List.of(only);
        var check = new PeopleCheck(settings, looked, new Tokens(database.sql()), now);
        findings.add(check.key());
        people.addAll(check.each());
        return new LimitsCheck(settings, everybody, now);
    }

    private void network(Settings settings) {
        if (findings.stream().noneMatch(finding -> finding.check().equals("key"))) {
            findings.add(PeopleCheck.key(settings));
        }
        var check = new NetworkCheck(settings);
        findings.add(check.withings());
        var application = settings.application();
        if (application != null) {
            findings.add(check.callback(application.callbackUrl()));
        }
        findings.add(check.door());
    }

    private void probe(Settings settings, @Nullable Database database, @Nullable Person person) {
        var wrong = findings.stream()
                .filter(finding -> finding.state() == Finding.State.PROBLEM)
                .filter(finding -> !finding.check().matches("callback|port|plan|quota"))
                .findFirst();
        if (database == null || person == null || wrong.isPresent()) {
            findings.add(Finding.warning(
                    "probe",
                    "not made",
                    "first what is said of " + wrong.map(Finding::check).orElse("database")));
            return;
        }
        var refusal = Probe.refusal(person, now);
        if (refusal.isPresent()) {
            findings.add(Finding.warning(
                    "probe", "not made: " + refusal.get(), "nothing, or see what is said of the person"));
            return;
        }
        try (var service = Service.start(settings)) {
            var resources = settings.sync().resources().stream()
                    .flatMap(name -> Resources.named(name).stream())
                    .toList();
            asked.addAll(Probe.run(service, person, new Examination(database), resources, now));
        }
    }

    private int exitCode() {
        var codes = codes().boxed().toList();
        return Stream.of(
                        ExitCode.WRONG_USE,
                        ExitCode.DATABASE_UNREACHABLE,
                        ExitCode.WITHINGS_UNREACHABLE,
                        ExitCode.SOME_FAILED)
                .filter(codes::contains) // the most basic: the others may follow from it
                .findFirst()
                .orElse(ExitCode.DONE);
    }

    private IntStream codes() {
        return IntStream.concat(
                all().mapToInt(Finding::exitCode), asked.stream().mapToInt(Asked::exitCode));
    }

    private Stream<Finding> all() {
        return Stream.concat(findings.stream(), people.stream().map(OfPerson::finding));
    }

    private String json() {
        var root = new ObjectMapper()
                .createObjectNode()
                .put("generated_at", now.toString())
                .put("exit_code", exitCode());
        var checks = root.putArray("checks");
        findings.forEach(finding -> checks.add(finding.json()));
        var users = root.putArray("users");
        people.forEach(person -> users.add(person.json()));
        if (probe != null) {
            var resources = root.putArray("probe");
            asked.forEach(one -> resources.add(one.json()));
        }
        return root.toPrettyString();
    }

    private void print(PrintWriter out) {
        var table = new WrappedTable().row("check", "is", "found");
        findings.forEach(finding -> row(table, finding));
        var shown = people.size() <= PEOPLE_SHOWN_MAX
                ? people
                : people.stream()
                        .filter(person -> !person.finding().isOk())
                        .limit(PEOPLE_SHOWN_MAX)
                        .toList();
        shown.forEach(person -> row(table, person.finding()));
        out.print(table);
        if (shown.size() < people.size()) {
            out.printf("%d more people: --json shows them all%n", people.size() - shown.size());
        }
        if (!asked.isEmpty()) {
            out.println();
            out.print(Asked.table(asked));
        }
        out.println();
        out.println(summary());
    }

    private static void row(WrappedTable table, Finding finding) {
        table.row(finding.check(), finding.state().label(), finding.found());
        if (finding.next() != null) {
            table.row("", "", "→ " + finding.next());
        }
    }

    private String summary() {
        var problems = codes().filter(code -> code != ExitCode.DONE).count();
        var warnings = all().filter(finding -> finding.state() == Finding.State.WARNING)
                        .count()
                + asked.stream().filter(Asked::isWarning).count();
        var told = problems == 0 ? "Nothing is wrong" : count(problems, "problem");
        return warnings == 0 ? told + "." : told + ", " + count(warnings, "warning") + ".";
    }

    private static String count(long count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }
}
