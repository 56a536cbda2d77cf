package io.withingspg.command;

import io.withingspg.sync.Progress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.InteractiveConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Model.CommandSpec;

/** Shows how far long work has come: a bar for each person or resource on a terminal, a log line every few seconds elsewhere. */
abstract class ProgressDisplay implements AutoCloseable {
    static final Logger LOG = LoggerFactory.getLogger("progress"); // not this class: its name is on every line
    private static final int WIDTH_MAX = 110;
    private static final int NAME_MAX = 20;
    /** As wide as the terminal: a line that wraps is drawn again below itself each time. */
    private static final int WIDTH = Math.min(
            WIDTH_MAX, CommandSpec.create().usageMessage().autoWidth(true).width());

    private final ScheduledExecutorService ticker =
            Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().factory());

    private ProgressDisplay() {}

    /** @param title what the work is called; null for work too short to be shown */
    static ProgressDisplay show(Progress progress, List<String> lanes, @Nullable String title) {
        if (title == null) {
            return new Lines(progress, "");
        }
        return isTerminal()
                ? new Bars(progress, lanes).every(Duration.ofMillis(200))
                : new Lines(progress, title).every(Duration.ofSeconds(5));
    }

    /** @param done how many of {@code expected} are; asked again and again */
    static ProgressDisplay count(String title, long expected, LongSupplier done) {
        return isTerminal()
                ? new CountedBar(title, expected, done).every(Duration.ofMillis(200))
                : new CountedLines(title, expected, done).every(Duration.ofSeconds(5));
    }

    @SuppressWarnings("SystemConsoleNull") // it does return null, on JDK 25 where nothing is a terminal
    private static boolean isTerminal() {
        var console = System.console();
        return console != null && console.isTerminal();
    }

    ProgressDisplay every(Duration period) {
        var _ = ticker.scheduleAtFixedRate(this::tick, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
        return this;
    }

    abstract void tick();

    private static ProgressBar bar(String name, long max) {
        return new ProgressBarBuilder()
                .setTaskName(String.format(Locale.ROOT, "%-" + NAME_MAX + "." + NAME_MAX + "s", name))
                .setInitialMax(max)
                .setStyle(ProgressBarStyle.COLORFUL_UNICODE_BAR)
                .setUpdateIntervalMillis(200)
                // The library's own way to the terminal takes over Ctrl-C, and the process would end without stopping.
                .setConsumer(new InteractiveConsoleProgressBarConsumer(System.err, WIDTH))
                .continuousUpdate()
                .hideEta()
                .build();
    }

    @Override
    public void close() {
        ticker.shutdownNow();
    }

    /** Of a sync. */
    private abstract static class Synced extends ProgressDisplay {
        private final long started = System.nanoTime();
        final Progress progress;

        Synced(Progress progress) {
            this.progress = progress;
        }

        String numbers() {
            var seconds = Math.max(0.001, (System.nanoTime() - started) / 1e9);
            var text = String.format(
                    Locale.ROOT,
                    "%,d rows, %,.0f rows/s, %,d calls",
                    progress.rows(),
                    progress.rows() / seconds,
                    progress.calls());
            return progress.rejects() == 0
                    ? text
                    : text + String.format(Locale.ROOT, ", %,d rejected", progress.rejects());
        }

        String shortly() {
            return String.format(Locale.ROOT, "%,d rows, %,d calls", progress.rows(), progress.calls());
        }

        String left() {
            // Too early to tell, or nothing left to tell.
            if (progress.turns() * 5 < progress.expected() || progress.turns() >= progress.expected()) {
                return "";
            }
            var seconds =
                    (System.nanoTime() - started) / 1e9 / progress.turns() * (progress.expected() - progress.turns());
            return seconds < 60
                    ? String.format(Locale.ROOT, ", about %.0f s left", seconds)
                    : String.format(Locale.ROOT, ", about %.0f min left", seconds / 60);
        }
    }

    private static final class Lines extends Synced {
        private final String title;

        Lines(Progress progress, String title) {
            super(progress);
            this.title = title;
        }

        @Override
        void tick() {
            LOG.info("{}: {} of {} done, {}{}", title, progress.turns(), progress.expected(), numbers(), left());
        }
    }

    private static final class Bars extends Synced {
        private static final int LANE_MESSAGE = 18;
        private static final boolean NARROW = WIDTH < WIDTH_MAX;
        private static final int ALL_MESSAGE = NARROW ? 26 : 54;

        private final Map<String, ProgressBar> bars = new LinkedHashMap<>();
        private final ProgressBar all;

        Bars(Progress progress, List<String> lanes) {
            super(progress);
            lanes.forEach(lane -> bars.put(
                    lane, bar(lane, Objects.requireNonNull(progress.lane(lane)).expected(), LANE_MESSAGE)));
            all = bar("all", progress.expected(), ALL_MESSAGE);
        }

        /** Of one width from the first: the bar is cut to what the last message left. */
        private static String padded(String message, int width) {
            return String.format(Locale.ROOT, "%-" + width + "s", message);
        }

        private static ProgressBar bar(String name, long max, int message) {
            var bar = ProgressDisplay.bar(name, max);
            bar.setExtraMessage(padded("", message));
            return bar;
        }

        @Override
        void tick() {
            bars.forEach((name, bar) -> {
                var lane = progress.lane(name);
                if (lane != null) {
                    bar.maxHint(lane.expected());
                    bar.stepTo(lane.turns());
                    bar.setExtraMessage(padded(String.format(Locale.ROOT, "%,d rows", lane.rows()), LANE_MESSAGE));
                }
            });
            all.maxHint(progress.expected());
            all.stepTo(progress.turns());
            all.setExtraMessage(padded(NARROW ? shortly() : numbers() + left(), ALL_MESSAGE));
        }

        @Override
        public void close() {
            super.close();
            tick();
            bars.values().forEach(ProgressBar::close);
            all.close();
            System.err.println();
        }
    }

    private static final class CountedLines extends ProgressDisplay {
        private final String title;
        private final long expected;
        private final LongSupplier done;

        CountedLines(String title, long expected, LongSupplier done) {
            this.title = title;
            this.expected = expected;
            this.done = done;
        }

        @Override
        void tick() {
            LOG.info("{}: {} of {} done", title, done.getAsLong(), expected);
        }
    }

    private static final class CountedBar extends ProgressDisplay {
        private final ProgressBar bar;
        private final LongSupplier done;

        CountedBar(String title, long expected, LongSupplier done) {
            this.bar = bar(title, expected);
            this.done = done;
        }

        @Override
        void tick() {
            bar.stepTo(done.getAsLong());
        }

        @Override
        public void close() {
            super.close();
            tick();
            bar.close();
        }
    }
}
