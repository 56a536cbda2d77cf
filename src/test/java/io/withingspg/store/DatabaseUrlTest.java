package io.withingspg.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.withingspg.config.ConfigurationException;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.Driver;

/** What the driver makes of a URL is what counts. */
final class DatabaseUrlTest {
    private static String read(String url) {
        var properties = Driver.parseURL(DatabaseUrl.jdbc(url), new Properties());
        assertThat(properties).as(url).isNotNull();
        return "%s:%s@%s:%s/%s"
                .formatted(
                        properties.getProperty("user"),
                        properties.getProperty("password"),
                        properties.getProperty("PGHOST"),
                        properties.getProperty("PGPORT"),
                        properties.getProperty("PGDBNAME"));
    }

    @Test
    void a_full_url_keeps_every_part() {
        assertThat(read("postgres://ada:pass@db.example:6543/health")).isEqualTo("ada:pass@db.example:6543/health");
        assertThat(read("postgresql://ada:pass@db.example:6543/health")).isEqualTo("ada:pass@db.example:6543/health");
    }

    @Test
    void a_port_may_be_left_out() {
        assertThat(read("postgres://ada:pass@db.example/health")).isEqualTo("ada:pass@db.example:5432/health");
    }

    @Test
    void special_characters_of_a_password_are_percent_encoded() {
        assertThat(read("postgres://ada:p%40ss%2Fw%25rd%3A%26%3D%3F%23%2B@db/health"))
                .isEqualTo("ada:p@ss/w%rd:&=?#+@db:5432/health");
    }

    @ParameterizedTest
    @ValueSource(strings = {"p+w", "p&w", "p=w", "p&ssl=true", "p:w"})
    void a_character_that_a_url_allows_stays_part_of_the_password(String password) {
        assertThat(read("postgres://ada:" + password + "@db/health")).isEqualTo("ada:" + password + "@db:5432/health");
    }

    @Test
    void a_passfile_is_told_where_it_belongs() {
        assertThatThrownBy(() -> DatabaseUrl.jdbc("postgres://ada@db/health?sslmode=require&passfile=/data/pgpass"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContainingAll("PGPASSFILE", "DATA_DIR");
    }

    @Test
    void options_are_passed_on() {
        var properties = Driver.parseURL(
                DatabaseUrl.jdbc("postgres://ada:pass@db/health?sslmode=require&options=-c%20statement_timeout%3D5s"),
                new Properties());

        assertThat(properties)
                .containsEntry("sslmode", "require")
                .containsEntry("options", "-c statement_timeout=5s")
                .containsEntry("user", "ada")
                .containsEntry("password", "pass");
    }

    @ParameterizedTest
    @ValueSource(strings = {"my_db", "db-1.example.", "10.0.0.1"})
    void a_host_is_whatever_the_network_calls_it(String host) {
        assertThat(read("postgres://ada:pass@" + host + "/health")).isEqualTo("ada:pass@" + host + ":5432/health");
    }

    @Test
    void several_hosts_may_be_tried_in_turn() {
        assertThat(read("postgres://ada:pass@one:1111,two:2222/health")).isEqualTo("ada:pass@one,two:1111,2222/health");
    }

    @Test
    void host_and_database_may_be_left_to_the_driver() {
        assertThat(read("postgres://ada@/health")).isEqualTo("ada:null@localhost:5432/health");
        assertThat(read("postgres:///health")).endsWith("@localhost:5432/health");
        assertThat(read("postgres://ada@db")).isEqualTo("ada:null@db:5432/ada");
    }

    @Test
    void an_ipv6_address_stands_in_brackets() {
        assertThat(read("postgres://ada:pass@[::1]:5433/health")).isEqualTo("ada:pass@[::1]:5433/health");
    }

    @Test
    void a_jdbc_url_is_taken_as_it_is() {
        var url = "jdbc:postgresql://db:5432/health?user=ada&password=pass";
        assertThat(DatabaseUrl.jdbc(url)).isEqualTo(url);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgres://ada:hidden word@db/health",
                "postgres://ada:hidden#word@db/health",
                "postgres://ada:hidden%word@db/health",
                "postgres://ada:hidden/word@db/health",
                "postgres://ada:hidden?word@db/health",
                "postgres://ada:123/hidden@db/health",
                "postgres://ada:hidden@db:port/health"
            })
    void what_is_no_url_is_refused_without_showing_it(String url) {
        assertThatThrownBy(() -> DatabaseUrl.jdbc(url))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("DATABASE_URL is not valid")
                .hasMessageNotContaining("hidden");
    }
}
