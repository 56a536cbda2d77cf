package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** The oldest and the newest PostgreSQL we promise, where Docker runs. */
@ExtendWith(Rig.Provider.class)
final class PostgresVersionsIT {
    private static final String NO_DOCKER = "SKIPPED: the migrations and a sync were not tried on PostgreSQL %s,"
            + " because no Docker answers here; start Docker and run mvn verify again";

    @ParameterizedTest
    @ValueSource(strings = {"15", "18"})
    void the_migrations_and_a_sync_run_on(String version, Rig rig) {
        requireDocker(version);
        try (var postgres = new PostgreSQLContainer("postgres:" + version)) {
            postgres.start();
            var url = postgres.getJdbcUrl() + "&user=" + postgres.getUsername() + "&password=" + postgres.getPassword();
            rig.set("DATABASE_URL", url);

            assertThat(rig.run("migrate").exitCode()).isZero();
            rig.enrolAll();
            var ran = rig.run("sync");

            assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
            var sql = DSL.using(url);
            assertThat(sql.fetchValue("SHOW server_version").toString()).startsWith(version);
            assertThat(Told.differences(rig.withings().people(), sql)).isEmpty();
            assertThat(rig.run("sync", "--full").exitCode()).isZero();
            assertThat(List.of(sql.fetchValue("SELECT count(*) FROM sync.run_resource WHERE changed + removed > 0")))
                    .containsExactly(0L);
        }
    }

    private static void requireDocker(String version) {
        var answers = DockerClientFactory.instance().isDockerAvailable();
        if (!answers) {
            System.err.println(NO_DOCKER.formatted(version));
        }
        assumeTrue(answers, NO_DOCKER.formatted(version));
    }
}
