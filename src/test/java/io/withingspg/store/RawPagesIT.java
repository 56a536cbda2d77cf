package io.withingspg.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.withingspg.command.Rig;
import io.withingspg.resource.Normalised;
import io.withingspg.resource.Rejected;
import io.withingspg.resource.Resource;
import io.withingspg.resource.Resources;
import io.withingspg.resource.Span;
import io.withingspg.schema.withings.tables.records.ActivityDayRecord;
import io.withingspg.withings.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jooq.JSONB;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Answers are kept as they came, come back newest first, and go when they are old. */
@ExtendWith(Rig.Provider.class)
final class RawPagesIT {
    private static final Instant NOW = Instant.parse("2026-02-01T12:00:00Z");
    private static final Normalised EMPTY = new Normalised(List.of(), List.of(), List.of());
    private static final Normalised FULL =
            new Normalised(List.of(List.of(new ActivityDayRecord().setDay(LocalDate.EPOCH))), List.of(), List.of());
    private static final Normalised REJECTED =
            new Normalised(List.of(), List.of(new Rejected("date: missing", JSONB.valueOf("{}"))), List.of());

    private static Resource resource(String name) {
        return Resources.named(name).orElseThrow();
    }

    private static void keep(
            Rig rig, long userId, String resource, Span span, String json, Normalised page, Instant now) {
        RawPages.keep(
                rig.sql(),
                userId,
                UUID.randomUUID(),
                resource(resource),
                new RawPages.Asked(
                        span,
                        Map.of("lastupdate", "1", "data_fields", "steps,é"),
                        Answer.of(json.getBytes(UTF_8)),
                        false),
                page,
                now);
    }

    private static String json(RawPages.Kept page) {
        try (var content = page.answer().stream()) {
            return new String(content.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void a_page_comes_back_as_it_came_with_what_was_asked(Rig rig) {
        var spans = List.of(
                new Span.Everything(),
                new Span.ChangedSince(NOW),
                new Span.Days(LocalDate.parse("2026-01-01"), LocalDate.parse("2026-01-31")),
                new Span.Window(NOW.minusSeconds(86_400), NOW),
                new Span.One(1L << 40));
        for (var span : spans) {
            keep(rig, 7, "activity", span, "{\"activities\": [\"Ünï 😀 " + span + "\"]}", FULL, NOW);
        }

        var kept = new ArrayList<RawPages.Kept>();
        new RawPages(rig.sql()).newestFirst(7, List.of()).forEach(kept::add);

        assertThat(kept.stream().map(RawPages.Kept::span)).containsExactlyElementsOf(spans.reversed());
        assertThat(kept).allSatisfy(page -> {
            assertThat(json(page)).isEqualTo("{\"activities\": [\"Ünï 😀 " + page.span() + "\"]}");
            assertThat(page.resource()).isEqualTo("activity");
            assertThat(page.askedAt()).isEqualTo(NOW);
        });
        assertThat(rig.column("SELECT form::text FROM sync.raw_page"))
                .containsOnly("{\"lastupdate\": \"1\", \"data_fields\": \"steps,é\"}");
        assertThat(rig.count("SELECT count(*) FROM sync.raw_page WHERE content_bytes > 40"))
                .isEqualTo(5);
    }

    @Test
    void a_page_with_nothing_to_read_again_is_kept_only_of_a_whole_list(Rig rig) {
        keep(rig, 7, "activity", new Span.Everything(), "{}", EMPTY, NOW);
        keep(rig, 7, "activity", new Span.Everything(), "{}", REJECTED, NOW);
        keep(rig, 7, "goals", new Span.Everything(), "{}", EMPTY, NOW);

        assertThat(rig.column("SELECT resource FROM sync.raw_page ORDER BY page_id"))
                .containsExactly("activity", "goals");
    }

    @Test
    void many_pages_come_newest_first_and_one_can_go_on_where_one_stopped(Rig rig) {
        for (var number = 0; number < 21; number++) {
            keep(
                    rig,
                    7 + number % 2,
                    number % 3 == 0 ? "sleep" : "activity",
                    new Span.Everything(),
                    "" + number,
                    FULL,
                    NOW);
        }
        var pages = new RawPages(rig.sql());
        var all = new ArrayList<String>();
        pages.newestFirst(7, List.of()).forEach(page -> all.add(json(page)));

        assertThat(all)
                .containsExactlyElementsOf(IntStream.rangeClosed(0, 10)
                        .mapToObj(i -> "" + (20 - 2 * i))
                        .toList());
        var nights = new ArrayList<String>();
        pages.newestFirst(7, List.of("sleep")).forEach(page -> nights.add(json(page)));
        assertThat(nights).containsExactly("18", "12", "6", "0");
        assertThat(pages.count(7, List.of("sleep"))).isEqualTo(4);
        assertThat(pages.count(7, List.of())).isEqualTo(11);
    }

    @Test
    void old_pages_are_forgotten(Rig rig) {
        keep(rig, 7, "goals", new Span.Everything(), "old", FULL, NOW);
        keep(rig, 7, "goals", new Span.Everything(), "new", FULL, NOW.plusSeconds(1));

        assertThat(new RawPages(rig.sql()).forget(NOW.plusSeconds(1))).isEqualTo(1);

        assertThat(rig.count("SELECT count(*) FROM sync.raw_page")).isEqualTo(1);
    }

    @Test
    void a_large_page_takes_little_room(Rig rig) {
        var json = new StringBuilder("[");
        var random = new Random(1);
        for (var i = 0; i < 200_000; i++) {
            json.append("{\"steps\": ").append(random.nextInt(100)).append(", \"duration\": 60},");
        }
        keep(rig, 7, "activity", new Span.Everything(), json.append("0]").toString(), FULL, NOW);

        assertThat(rig.count("SELECT content_bytes / octet_length(content) FROM sync.raw_page"))
                .isGreaterThan(10);
        assertThat(json(new RawPages(rig.sql())
                        .newestFirst(7, List.of())
                        .iterator()
                        .next()))
                .isEqualTo(json.toString());
    }
}
