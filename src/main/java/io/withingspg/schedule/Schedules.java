package io.withingspg.schedule;

import java.time.Duration;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This process's part in the schedules of all nodes, from the outside. */
public final class Schedules implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Schedules.class);
    /** Routes have ended by then: what is left is to note that in the database, which may be gone. */
    private static final Duration END_MAX = Duration.ofSeconds(5);

    private final Scheduler scheduler;

    public Schedules(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    /** Whether due times are served here. */
    public boolean run() {
        try {
            return scheduler.isStarted();
        } catch (SchedulerException e) {
            return false;
        }
    }

    /** Serves no further due time, and hands back what it had in hand: the other nodes do. */
    public void pause() {
        try {
            scheduler.standby();
        } catch (SchedulerException e) {
            LOG.debug("not paused", e);
        }
    }

    /** Waits until what was begun is noted as done, for a while. */
    @Override
    public void close() {
        var closing = Thread.ofVirtual().name("end-schedules").start(() -> {
            try {
                scheduler.shutdown(true);
            } catch (SchedulerException e) {
                LOG.debug("not ended", e);
            }
        });
        try {
            closing.join(END_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
