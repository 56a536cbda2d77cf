package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.withingspg.simulator.Call;
import io.withingspg.simulator.Fault;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The two meanings of 601, and HTTP 429. */
@ExtendWith(Rig.Provider.class)
final class QuotaFaultsIT {
    private static final Map<String, String> SOON = Map.of("Retry-After", "1");

    @Test
    void the_same_call_too_soon_waits_alone_while_everybody_else_goes_on(Rig rig) {
        var ada = rig.person(1);
        var ben = rig.person(2);
        rig.enrol(ada, ben);
        var wait = JsonNodeFactory.instance.objectNode().put("wait_seconds", 5);
        rig.withings()
                .on("getmeas")
                .forUser(ada.id())
                .answer(Fault.status(601, "Same arguments in less than 10 seconds", wait));

        var ran = rig.run("sync");

        assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
        var people = rig.withings().seen().stream()
                .filter(call -> !call.action().equals("requesttoken"))
                .map(Call::user)
                .toList();
        var afterTheRefusedCall = people.subList(people.indexOf(ada.id()) + 1, people.size());
        assertThat(afterTheRefusedCall.subList(afterTheRefusedCall.indexOf(ada.id()), afterTheRefusedCall.size()))
                .as("Ben was through before Ada's call was repeated")
                .containsOnly(ada.id());
        assertThat(rig.withings().calls("getmeas"))
                .isEqualTo(1L
                        + Math.ceilDiv(ada.groups().size(), 20)
                        + Math.ceilDiv(ben.groups().size(), 20));
        assertThat(Told.differences(List.of(ada, ben), rig.sql())).isEmpty();
    }

    @Test
    void the_same_call_too_soon_again_and_again_is_given_up(Rig rig) {
        var ada = rig.person(1);
        rig.enrol(ada);
        var wait = JsonNodeFactory.instance.objectNode().put("wait_seconds", 0);
        rig.withings().on("getmeas").always().answer(Fault.status(601, "Same arguments in less than 10 seconds", wait));

        assertThat(rig.run("sync").exitCode()).isEqualTo(1);

        assertThat(rig.withings().calls("getmeas")).isEqualTo(4);
        assertThat(Cursor.outcomes(rig, ada)).isEqualTo(Cursor.allDoneBut("measures", "gave_up"));
    }

    static Stream<Fault> overQuota() {
        return Stream.of(new Fault.Status(601, "Too Many Requests", null, SOON), Fault.http(429, SOON));
    }

    @ParameterizedTest
    @MethodSource("overQuota")
    void over_the_quota_everybody_waits_and_then_everything_comes(Fault fault, Rig rig) {
        var ada = rig.person(1);
        var ben = rig.person(2);
        rig.enrol(ada, ben);
        rig.withings().on("getmeas").times(2).answer(fault);

        var ran = rig.run("sync");

        assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
        assertThat(rig.withings().calls("getmeas"))
                .as("each refused call is repeated once, and by nobody but us")
                .isEqualTo(2L
                        + Math.ceilDiv(ada.groups().size(), 20)
                        + Math.ceilDiv(ben.groups().size(), 20));
        assertThat(Told.differences(List.of(ada, ben), rig.sql())).isEmpty();
        assertThat(rig.count("SELECT count(*) FROM sync.run_resource WHERE outcome <> 'done'"))
                .isZero();
    }

    @Test
    void a_code_that_meets_an_outage_is_answered_with_502_and_stores_nothing(Rig rig) {
        rig.withings().on("requesttoken").answer(Fault.http(500));
        try (var service = rig.service(Service.Part.ENROLMENT)) {
            var answer = rig.consent(rig.person(1), null);

            assertThat(answer.statusCode()).isEqualTo(502);
            assertThat(answer.body()).contains("consent once more");
            assertThat(service.people().list(List.of())).isEmpty();
        }
    }
}
