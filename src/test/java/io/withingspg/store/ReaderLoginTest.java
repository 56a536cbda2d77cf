package io.withingspg.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.withingspg.store.ReaderLogin.Standing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ReaderLoginTest {
    private static ReaderLogin of(String url) {
        return ReaderLogin.of(DatabaseUrl.jdbc(url), Standing.LOGIN);
    }

    @ParameterizedTest
    @CsvSource({
        "postgres://ada:hidden@db.example:6543/health, postgres://withings_reader@db.example:6543/health",
        "postgres://ada:hidden@db.example/health, postgres://withings_reader@db.example:5432/health",
        "postgres://ada:hidden@[::1]:6543/health, postgres://withings_reader@[::1]:6543/health",
        "'postgres://ada@one:1111,two:2222/h', 'postgres://withings_reader@one:1111,two:2222/h'",
        "postgres://ada:hidden@db/my%20data%2F1, postgres://withings_reader@db:5432/my%20data%2F1",
        "postgres://ada:hidden@db, postgres://withings_reader@db:5432/ada",
        "postgres://db/h?user=ada&password=hidden&ssl=true, postgres://withings_reader@db:5432/h?sslmode=verify-full",
        "postgres://db/h?sslmode=verify-ca&sslrootcert=/etc/my%20ca.pem&sslpassword=hidden&connectTimeout=3,"
                + " postgres://withings_reader@db:5432/h?sslmode=verify-ca&sslrootcert=/etc/my%20ca.pem",
        "jdbc:postgresql://db/h?user=ada&password=hidden, postgres://withings_reader@db:5432/h"
    })
    void the_address_is_the_services_own_and_the_password_is_not_in_it(String url, String reader) {
        assertThat(of(url).url()).isEqualTo(reader);
        assertThat(of(url).toString()).doesNotContain("hidden");
    }

    @Test
    void a_service_file_says_the_same_in_lines() {
        assertThat(of("postgres://ada:hidden@[::1]:6543/my%20data?sslmode=require")
                        .service())
                .containsExactly(
                        "[withings]",
                        "host=::1",
                        "port=6543",
                        "dbname=my data",
                        "user=withings_reader",
                        "sslmode=require");
        assertThat(of("postgres://ada:hidden@one:1111,two:2222/h").service())
                .contains("host=one,two", "port=1111,2222");
    }
}
