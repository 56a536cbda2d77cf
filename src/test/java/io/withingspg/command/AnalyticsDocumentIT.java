package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.withingspg.simulator.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The questions in {@code docs/analytics.md}, asked by a reader of what a sync brought. Writes their answers. */
final class AnalyticsDocumentIT {
    private static final Path DOCUMENT = Path.of("docs/analytics.md");

    /** Number, title, caution, statement, and the answer where there is one yet. */
    private static final Pattern QUESTION =
            Pattern.compile("(?s)### (\\d+)\\. ([^\n]*)\n\n([^\n]+)\n\n```sql\n(.*?)```\n(\n```text\n.*?```\n)?");

    private static final Pattern OF_ONE = Pattern.compile("(?:WHERE|AND) (?:\\w+\\.)?user_id = (1000000\\d)\n");
    private static final Pattern FOR_ONE = Pattern.compile("-- ((?:WHERE|AND) (?:\\w+\\.)?user_id = (1000000\\d)\n)");

    private static final int SHOWN_ROWS = 6;
    private static final Set<Integer> NUMBERS =
            Set.of(Types.SMALLINT, Types.INTEGER, Types.BIGINT, Types.NUMERIC, Types.REAL, Types.DOUBLE);

    private record Question(int number, String title, String caution, String statement) {}

    private record Answer(List<String> names, List<Boolean> numeric, List<List<String>> rows) {
        /** The rows of one person, by {@code ref}. */
        List<List<String>> of(String ref) {
            return rows.stream()
                    .filter(row -> row.get(names.indexOf("ref")).equals(ref))
                    .toList();
        }

        /** As psql prints it, but for a cut. */
        String printed() {
            var shown = rows.subList(0, Math.min(SHOWN_ROWS, rows.size()));
            var widths = IntStream.range(0, names.size())
                    .mapToObj(column -> Math.max(
                            names.get(column).length(),
                            shown.stream()
                                    .mapToInt(row -> row.get(column).length())
                                    .max()
                                    .orElse(0)))
                    .toList();
            var text = new StringBuilder();
            line(text, " ", " | ", column -> {
                var left = (widths.get(column) - names.get(column).length()) / 2;
                return padded(" ".repeat(left) + names.get(column), widths.get(column), false);
            });
            line(text, "-", "-+-", column -> "-".repeat(widths.get(column)));
            text.insert(text.length() - 1, '-');
            for (var row : shown) {
                line(text, " ", " | ", column -> padded(row.get(column), widths.get(column), numeric.get(column)));
            }
            if (rows.size() > shown.size()) {
                text.append(" …\n");
            }
            return text.append(rows.size() == 1 ? "(1 row)\n" : "(" + rows.size() + " rows)\n")
                    .toString();
        }

        private void line(StringBuilder text, String begin, String between, IntFunction<String> cell) {
            var cells = IntStream.range(0, names.size()).mapToObj(cell).toList();
            text.append((begin + String.join(between, cells)).stripTrailing()).append('\n');
        }

        private static String padded(String cell, int width, boolean right) {
            var padding = " ".repeat(width - cell.length());
            return right ? padding + cell : cell + padding;
        }
    }

    private static Rig rig;
    private static Connection reader;
    private static String document;
    private static List<Question> questions;

    @BeforeAll
    static void setUp() throws IOException, SQLException {
        document = Files.readString(DOCUMENT);
        questions = QUESTION.matcher(document)
                .results()
                .map(found ->
                        new Question(Integer.parseInt(found.group(1)), found.group(2), found.group(3), found.group(4)))
                .toList();
        rig = new Rig(World.ordinary()
                .withUsers(5)
                .withDays(130)
                .withClock(Clock.fixed(Instant.parse("2026-11-02T06:00:00Z"), ZoneOffset.UTC))
                .withSameArgumentsWithin(Duration.ZERO));
        // No question is about curves and samples, which are most of the bytes.
        rig.set("SYNC_RESOURCES", "measures,activity,workouts,sleep,heart,devices,goals")
                .enrolAll();
        addBeforeTheSync();
        run("sync");
        addAfterTheSync();

        reader = DriverManager.getConnection(rig.environment().get("DATABASE_URL"));
        try (var sql = reader.createStatement()) {
            sql.execute("SET ROLE withings_reader");
            sql.execute("SET TIME ZONE 'UTC'");
        }
    }

    @AfterAll
    static void tearDown() throws SQLException {
        reader.close();
        rig.close();
    }

    private static void run(String... arguments) {
        var ran = rig.run(arguments);
        assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
    }

    /** What the page calls added. */
    private static void addBeforeTheSync() {
        var dana = rig.person(4);
        var newScale = Instant.parse("2026-10-11T22:00:00Z").getEpochSecond();
        for (var group : dana.groups()) {
            if (group.path("date").asLong() >= newScale
                    && group.path("attrib").asInt() == 0
                    && group.findValuesAsText("type").contains("8")) {
                dana.changes("getmeas", group.path("grpid").asLong(), anew -> {
                    anew.put("deviceid", "new-scale").put("model", "Body Comp").put("modelid", 18);
                    for (var measure : anew.path("measures")) {
                        if (measure.path("type").asInt() == 8) {
                            ((ObjectNode) measure)
                                    .put("value", measure.path("value").asInt() + 1_500);
                        }
                    }
                    return anew;
                });
            }
        }
        rig.person(3).changesDay(LocalDate.parse("2026-09-15"), day -> {
            for (var moved : List.of("steps", "distance", "elevation", "soft", "moderate", "intense", "active")) {
                day.put(moved, 0);
            }
            return day;
        });
    }

    private static void addAfterTheSync() {
        var dana = rig.person(4);
        var night = dana.nights().stream()
                .filter(told -> told.path("date").asText().equals("2026-10-13"))
                .findFirst()
                .orElseThrow();
        dana.changes("getsummary", night.path("id").asLong(), anew -> {
            var data = (ObjectNode) anew.path("data");
            data.put("total_sleep_time", data.path("total_sleep_time").asInt() - 7_200);
            return anew;
        });
        run(
                "sync",
                "--user",
                Long.toString(dana.id()),
                "--resource",
                "sleep",
                "--from",
                "2026-10-13",
                "--to",
                "2026-10-13");
        // A sync of today cannot have been there last month: the times of writing are put back.
        rig.sql().execute("UPDATE withings.sleep_summary SET synced_at = ended_at + interval '1 hour'");
        rig.sql()
                .execute(
                        "UPDATE withings.sleep_summary SET synced_at = '2026-10-20 08:00:00+00' WHERE user_id = ? AND sleep_id = ?",
                        dana.id(),
                        night.path("id").asLong());
        rig.sql().execute("""
                UPDATE sync.row_change SET written_at = '2026-10-13 08:00:00+00', changed_at = '2026-10-20 08:00:00+00'
                WHERE table_name = 'sleep_summary'
                """);

        var emi = rig.person(5);
        emi.withdraws();
        assertThat(rig.run("sync", "--user", Long.toString(emi.id())).exitCode())
                .isEqualTo(ExitCode.SOME_FAILED);
        for (var person : rig.withings().people()) {
            var id = Long.toString(person.id());
            run("users", "set", id, "--ref", person.name(), "--from", "2026-08-01", "--until", "2026-10-31");
        }
    }

    private static Answer answer(String statement) {
        try (var sql = reader.createStatement();
                var result = sql.executeQuery(statement)) {
            return answer(result);
        } catch (SQLException e) {
            throw new AssertionError(statement, e);
        }
    }

    private static Answer answer(ResultSet result) throws SQLException {
        var told = result.getMetaData();
        var names = new ArrayList<String>();
        var numeric = new ArrayList<Boolean>();
        for (int column = 1; column <= told.getColumnCount(); column++) {
            names.add(told.getColumnLabel(column));
            numeric.add(NUMBERS.contains(told.getColumnType(column)));
        }
        var rows = new ArrayList<List<String>>();
        while (result.next()) {
            var row = new ArrayList<String>();
            for (int column = 1; column <= names.size(); column++) {
                var cell = result.getString(column);
                row.add(cell == null ? "" : cell);
            }
            rows.add(row);
        }
        return new Answer(names, numeric, rows);
    }

    @Test
    void twenty_questions_stand_in_order_and_each_has_its_statement() {
        assertThat(questions)
                .extracting(Question::number)
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 20).boxed().toList());
        assertThat(document.split("```sql", -1)).as("statements").hasSize(21);
        assertThat(questions).extracting(Question::title).allMatch(title -> title.endsWith("?"));
    }

    @Test
    void the_page_says_what_a_reader_is_answered() throws IOException {
        var anew = QUESTION.matcher(document).replaceAll(found -> {
            var answer = answer(found.group(4));
            assertThat(answer.rows()).as(found.group(2)).isNotEmpty();
            return Matcher.quoteReplacement("### " + found.group(1) + ". " + found.group(2) + "\n\n"
                    + found.group(3) + "\n\n```sql\n" + found.group(4) + "```\n\n```text\n"
                    + answer.printed() + "```\n");
        });
        Files.writeString(Path.of("target/analytics.md"), anew);

        assertThat(document)
                .as("the answers differ: cp target/analytics.md docs/analytics.md")
                .isEqualTo(anew);
    }

    @Test
    void nobody_needs_more_than_the_views() {
        for (var question : questions) {
            assertThat(question.statement()).as(question.title()).doesNotContain("withings.", "sync.");
        }
    }

    @Test
    void without_the_person_a_question_answers_for_everybody_and_the_same_for_each() {
        var asked = 0;
        for (var question : questions) {
            var statement = question.statement();
            var ofOne = OF_ONE.matcher(statement.replaceAll("-- .*", ""));
            var forOne = FOR_ONE.matcher(statement);
            String one;
            String all;
            long id;
            if (ofOne.find() && !statement.contains("sleep_as_of")) { // which wants to know whom
                id = Long.parseLong(ofOne.group(1));
                one = statement;
                all = statement.replaceAll("(WHERE|AND) (\\w+\\.)?user_id = 1000000\\d\n", "$1 true\n");
            } else if (forOne.find()) {
                id = Long.parseLong(forOne.group(2));
                one = forOne.replaceAll("$1");
                all = statement;
            } else {
                continue;
            }
            var ref = rig.withings().people().stream()
                    .filter(person -> person.id() == id)
                    .findFirst()
                    .orElseThrow()
                    .name();
            var everybody = answer(all);
            assertThat(everybody.of(ref))
                    .as(question.title())
                    .isNotEmpty()
                    .isEqualTo(answer(one).rows());
            assertThat(everybody.rows())
                    .as(question.title())
                    .hasSizeGreaterThan(everybody.of(ref).size());
            asked++;
        }
        assertThat(asked).isEqualTo(17);
    }
}
