package io.withingspg.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** PostgreSQL takes no NUL in a text: people's input is refused before it gets there. */
@ExtendWith(Rig.Provider.class)
final class ControlCharactersIT {
    @Test
    void a_line_with_control_characters_is_named_and_the_others_are_imported(Rig rig, @TempDir Path folder)
            throws IOException {
        var line = "{\"userid\":%d,\"access_token\":\"a\",\"refresh_token\":\"b\",\"expires_in\":1,\"scope\":\"%s\","
                + "\"ref\":\"%s\"}\n";
        var file = folder.resolve("people.jsonl");
        Files.writeString(
                file,
                line.formatted(1, "user.info", "a\\u0000b")
                        + line.formatted(2, "user.info\\u0000", "P-2")
                        + line.formatted(3, "user.info", "P-3"));

        var ran = rig.run("users", "import", file.toString());

        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.err())
                .contains("line 1: ref has control characters")
                .contains("line 2: scope has control characters");
        assertThat(rig.column("SELECT user_id FROM sync.enrolment")).containsExactly("3");
    }

    @Test
    void an_enrolment_link_with_control_characters_is_refused_with_400(Rig rig) {
        try (var _ = rig.service(Service.Part.ENROLMENT)) {
            assertThat(Rig.get(rig.url() + "/authorize?ref=a%00b").statusCode()).isEqualTo(400);
        }
    }
}
