package io.withingspg.config;

import static io.withingspg.config.SettingsTest.RESOURCES;
import static io.withingspg.config.SettingsTest.variable;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where secrets may come from, and that none is shown. */
final class SecretSettingsTest {
    @ParameterizedTest
    @ValueSource(strings = {"withings.client-secret", "database.url", "token.key", "console.password", "api.token"})
    void every_secret_can_come_from_a_file(String key, @TempDir Path folder) throws IOException {
        var value = key.equals("database.url") ? "postgres://db/withings" : "a secret of some length";
        var secret = Files.writeString(folder.resolve("secret"), value + "\n");
        var environment = new HashMap<>(
                Map.of("WITHINGS_CLIENT_ID", "id", "WITHINGS_CALLBACK_URL", "https://example.org/callback"));
        environment.put("WITHINGS_CLIENT_SECRET", "other");
        environment.remove(variable(key));
        var plain = new HashMap<>(environment);
        plain.put(variable(key), value);
        environment.put(variable(key) + "_FILE", secret.toString());

        assertThat(Settings.of(environment, RESOURCES))
                .usingRecursiveComparison()
                .ignoringFields("tokenKey.file") // keys in a file may be changed while the process lives
                .isEqualTo(Settings.of(plain, RESOURCES));
    }

    @Test
    void only_one_newline_is_trimmed_from_a_secret_file(@TempDir Path folder) throws IOException {
        var secret = Files.writeString(folder.resolve("secret"), " twelve and more \n\n");

        assertThat(SettingsTest.of("CONSOLE_PASSWORD_FILE", secret.toString())
                        .web()
                        .password())
                .isEqualTo(" twelve and more \n");
    }

    @Test
    void a_windows_line_end_is_no_part_of_a_secret(@TempDir Path folder) throws IOException {
        var secret = Files.writeString(folder.resolve("secret"), "twelve and more\r\n");

        assertThat(SettingsTest.of("CONSOLE_PASSWORD_FILE", secret.toString())
                        .web()
                        .password())
                .isEqualTo("twelve and more");
    }

    @Test
    void an_empty_secret_file_is_an_error_and_not_a_missing_secret(@TempDir Path folder) throws IOException {
        var empty = Files.writeString(folder.resolve("secret"), "\n");

        assertThatThrownBy(() -> SettingsTest.of("CONSOLE_PASSWORD_FILE", empty.toString()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("CONSOLE_PASSWORD_FILE");
        assertThatThrownBy(() -> SettingsTest.of("WITHINGS_CLIENT_SECRET_FILE", empty.toString()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("WITHINGS_CLIENT_SECRET_FILE");
    }

    @Test
    void both_forms_of_a_secret_are_refused_and_both_named(@TempDir Path folder) throws IOException {
        var secret = Files.writeString(folder.resolve("secret"), "x");

        assertThatThrownBy(() -> SettingsTest.of("TOKEN_KEY", "abc", "TOKEN_KEY_FILE", secret.toString()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("TOKEN_KEY and TOKEN_KEY_FILE are both set: remove one of them");
    }

    @Test
    void a_secret_file_that_cannot_be_read_is_named() {
        assertThatThrownBy(() -> SettingsTest.of("TOKEN_KEY_FILE", "/nowhere/key"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("TOKEN_KEY_FILE=/nowhere/key cannot be read");
    }

    @Test
    void settings_print_no_secret() {
        assertThat(SettingsTest.of(
                                "DATABASE_URL", "postgres://u:hidden-one@h/d",
                                "TOKEN_KEY", "hidden-two",
                                "CONSOLE_PASSWORD", "hidden-three-",
                                "API_TOKEN", "hidden-four-five-six",
                                "WITHINGS_CLIENT_ID", "id",
                                "WITHINGS_CLIENT_SECRET", "hidden-seven",
                                "WITHINGS_CALLBACK_URL", "https://example.org/callback")
                        .toString())
                .doesNotContain("hidden");
    }

    @ParameterizedTest
    @CsvSource({"CONSOLE_PASSWORD,tooshort", "API_TOKEN,tooshort", "DATABASE_URL,mysql://u:tooshort@h/d"})
    void a_bad_secret_is_named_and_not_shown(String variable, String value) {
        assertThatThrownBy(() -> SettingsTest.of(variable, value))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith(variable + " is not valid: expected ")
                .hasMessageNotContaining("tooshort");
    }
}
