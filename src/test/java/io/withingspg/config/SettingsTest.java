package io.withingspg.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SettingsTest {
    static final List<String> RESOURCES = List.of(
            "measures",
            "activity",
            "intraday",
            "workouts",
            "sleep",
            "sleep-samples",
            "heart",
            "ecg",
            "devices",
            "goals");

    /** Values that are valid and none of the defaults. A new key comes here too. */
    private static final Map<String, String> OTHERS = others();

    private static Map<String, String> others() {
        var others = new HashMap<String, String>();
        others.put("withings.api-url", "http://127.0.0.1:1");
        others.put("withings.authorize-url", "http://127.0.0.1:1/consent");
        others.put("database.url", "postgres://db/withings");
        others.put("database.connections", "24");
        others.put("database.wait", "9s");
        others.put("data.dir", "/elsewhere");
        others.put("token.key", "a key");
        others.put("http.host", "127.0.0.2");
        others.put("http.port", "8123");
        others.put("http.names", "nas, health.example.org");
        others.put("console.password", "long enough to pass");
        others.put("api.token", "long enough to pass");
        others.put("open.enrolment", "false");
        others.put("api.calls-per-minute", "60");
        others.put("sync.resources", "sleep");
        others.put("backfill.from", "2024-02-29");
        others.put("samples.backfill-days", "0");
        others.put("reconcile.every", "1d");
        others.put("reconcile.days", "30");
        others.put("reconcile.samples-days", "0");
        others.put("sync.users-at-once", "3");
        others.put("sync.every", "2h");
        others.put("sync.keep-runs", "7d");
        others.put("raw-pages.keep", "0d");
        others.put("history.keep", "365d");
        others.put("sync.overlap", "1m");
        others.put("sync.trailing", "3d");
        others.put("schedule.due", "0 */2 * * * ?");
        others.put("schedule.refresh", "0 */7 * * * ?");
        others.put("http.connect-timeout", "1s");
        others.put("http.answer-timeout", "2s");
        others.put("api.identical-call-spacing", "0s");
        others.put("api.retry-delay", "5ms");
        others.put("api.retries", "1");
        RESOURCES.forEach(name -> others.put("sync.every." + name, "7h"));
        return others;
    }

    static Settings of(String... variables) {
        var environment = new HashMap<String, String>();
        for (var i = 0; i < variables.length; i += 2) {
            environment.put(variables[i], variables[i + 1]);
        }
        return Settings.of(environment, RESOURCES);
    }

    private static Settings read(Path folder, String file, String... variables) throws IOException {
        var environment = new HashMap<String, String>();
        for (var i = 0; i < variables.length; i += 2) {
            environment.put(variables[i], variables[i + 1]);
        }
        return Settings.read(environment, Files.writeString(folder.resolve("application.properties"), file), RESOURCES);
    }

    private static Properties shipped() throws IOException {
        var shipped = new Properties();
        try (var in = new InputStreamReader(
                Settings.class.getResourceAsStream("/config/application.properties"), StandardCharsets.UTF_8)) {
            shipped.load(in);
        }
        return shipped;
    }

    static String variable(String key) {
        return key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    @Test
    void without_any_configuration_the_documented_defaults_hold() {
        var settings = of();

        assertThat(settings.application()).isNull();
        assertThat(settings.apiUrl()).isEqualTo(URI.create("https://wbsapi.withings.net"));
        assertThat(settings.authorizeUrl())
                .isEqualTo(URI.create("https://account.withings.com/oauth2_user/authorize2"));
        assertThat(settings.database())
                .isEqualTo(new Settings.Database(null, 20, Duration.ofSeconds(5), Path.of("./data")));
        assertThat(settings.tokenKey()).isNull();
        assertThat(settings.web()).isEqualTo(new Settings.Web("127.0.0.1", 8080, null, null, true, List.of()));
        assertThat(settings.calls().perMinute()).isEqualTo(120);
        assertThat(settings.sync().resources()).isEqualTo(RESOURCES);
        assertThat(settings.backfillFrom()).isNull();
        assertThat(settings.camel()).isEmpty();
    }

    @Test
    void every_key_of_the_shipped_file_changes_something(@TempDir Path folder) throws IOException {
        var defaults = of();
        for (var key : shipped().stringPropertyNames()) {
            if (key.matches("withings\\.(client-id|client-secret|callback-url)")) {
                continue; // only together: below
            }
            assertThat(OTHERS).as("SettingsTest has no other value for a key").containsKey(key);
            var other = OTHERS.getOrDefault(key, "");
            assertThat(of(variable(key), other)).as(variable(key)).isNotEqualTo(defaults);
            assertThat(read(folder, key + "=" + other)).as(key).isNotEqualTo(defaults);
        }
    }

    @Test
    void every_default_of_the_shipped_file_may_be_written_again(@TempDir Path folder) throws IOException {
        var text = new StringBuilder();
        shipped()
                .forEach((key, value) ->
                        text.append(key).append('=').append(value).append('\n'));

        assertThat(read(folder, text.toString())).isEqualTo(of());
    }

    @Test
    void the_environment_wins_over_the_file_and_the_file_over_the_default(@TempDir Path folder) throws IOException {
        var settings = read(folder, "http.port=1001\napi.retries=3", "HTTP_PORT", "2002");

        assertThat(settings.web().port()).isEqualTo(2002);
        assertThat(settings.calls().retries()).isEqualTo(3);
        assertThat(settings.sync().usersAtOnce()).isEqualTo(8);
    }

    @Test
    void the_three_credentials_belong_together() {
        var application = of(
                        "WITHINGS_CLIENT_ID", "id",
                        "WITHINGS_CLIENT_SECRET", "secret",
                        "WITHINGS_CALLBACK_URL", "https://example.org/callback")
                .application();
        assertThat(application)
                .isEqualTo(new Settings.Application("id", "secret", URI.create("https://example.org/callback")));

        assertThatThrownBy(() -> of("WITHINGS_CLIENT_ID", "id", "WITHINGS_CALLBACK_URL", "https://example.org/cb"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageEndingWith("set the missing WITHINGS_CLIENT_SECRET");
    }

    @ParameterizedTest
    @CsvSource({"250ms,PT0.25S", "0s,PT0S", "30s,PT30S", "15 m,PT15M", "6h,PT6H", "1d,PT24H", "365d,PT8760H"})
    void durations_have_a_unit(String text, Duration expected) {
        assertThat(of("SYNC_OVERLAP", text).sync().overlap()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"30", "s", "-5m", "1.5h", "05m", "1w", "5 minutes", "99999999d", "٣s"})
    void other_durations_are_refused(String text) {
        assertThatThrownBy(() -> of("SYNC_OVERLAP", text))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("SYNC_OVERLAP=" + text + " is not valid: expected a duration such as 30s, 15m, 6h or 1d");
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP_PORT,0",
        "HTTP_PORT,65536",
        "HTTP_PORT,http",
        "API_CALLS_PER_MINUTE,-1",
        "DATABASE_CONNECTIONS,1",
        "WITHINGS_API_URL,wbsapi.withings.net",
        "WITHINGS_API_URL,ftp://wbsapi.withings.net",
        "WITHINGS_AUTHORIZE_URL,https://a b",
        "BACKFILL_FROM,2024-02-30",
        "BACKFILL_FROM,yesterday",
        "OPEN_ENROLMENT,maybe",
        "SYNC_RESOURCES,steps",
        "SYNC_EVERY_SLEEP,0s",
        "SCHEDULE_DUE,every minute",
        "HTTP_CONNECT_TIMEOUT,21s",
        "HTTP_ANSWER_TIMEOUT,0s",
        "HTTP_ANSWER_TIMEOUT,61s",
        "LOG_LEVEL,loud",
        "LOG_LEVEL_LIBRARIES,7"
    })
    void a_bad_value_is_refused_by_the_name_it_was_set_with(String variable, String value) {
        assertThatThrownBy(() -> of(variable, value))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith(variable + "=" + value + " is not valid: expected ");
    }

    @Test
    void a_bad_value_of_the_file_is_refused_by_its_key(@TempDir Path folder) {
        assertThatThrownBy(() -> read(folder, "http.port=many"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("http.port=many is not valid");
    }

    @Test
    void an_emptied_default_is_refused_by_its_key(@TempDir Path folder) {
        assertThatThrownBy(() -> read(folder, "http.port="))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("http.port");
    }

    @Test
    void an_unknown_key_is_refused_with_the_one_that_was_meant(@TempDir Path folder) {
        assertThatThrownBy(() -> read(folder, "http.prot=8080"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("http.prot")
                .hasMessageContaining("application.properties")
                .hasMessageContaining("is not a setting");
        assertThatThrownBy(() -> read(folder, "sync.users_at_once=8"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageEndingWith("(did you mean sync.users-at-once?)");
    }

    @Test
    void keys_of_Camel_are_passed_on(@TempDir Path folder) throws IOException {
        assertThat(read(folder, "camel.main.name=other").camel()).isEqualTo(Map.of("camel.main.name", "other"));
    }

    @Test
    void whoever_can_be_reached_from_elsewhere_needs_a_password_and_closes_enrolment() {
        assertThatThrownBy(() -> of("HTTP_HOST", "0.0.0.0"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("HTTP_HOST=0.0.0.0")
                .hasMessageContaining("CONSOLE_PASSWORD");
        assertThat(of("HTTP_HOST", "0.0.0.0", "CONSOLE_PASSWORD", "long enough it is")
                        .web()
                        .openEnrolment())
                .isFalse();
        assertThatThrownBy(() -> of("HTTP_HOST", "127.evil.example"))
                .as("a name is no loopback address, whatever it begins with")
                .isInstanceOf(ConfigurationException.class);
    }

    @Test
    void resources_keep_their_own_order_and_the_backfill_its_day() {
        var settings = of("SYNC_RESOURCES", "sleep , measures", "BACKFILL_FROM", "2024-02-29");

        assertThat(settings.sync().resources()).containsExactly("measures", "sleep");
        assertThat(settings.backfillFrom()).isEqualTo(LocalDate.of(2024, 2, 29));
    }

    @Test
    void names_of_the_door_are_host_names_and_nothing_else() {
        assertThat(of("HTTP_NAMES", "NAS, health.example.org").web().names())
                .containsExactly("nas", "health.example.org");
        for (var wrong : List.of("nas:8080", "https://nas", "*", "nas,", "a b", "*.example.org")) {
            assertThatThrownBy(() -> of("HTTP_NAMES", wrong))
                    .as(wrong)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageStartingWith("HTTP_NAMES=" + wrong + " is not valid");
        }
    }
}
