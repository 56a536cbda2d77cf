package io.withingspg.withings;

import io.withingspg.withings.CallFailure.Unavailable;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.camel.Exchange;
import org.apache.camel.support.SynchronizationAdapter;

/**
 * Room for one large answer in the whole process, so that their memory is bounded however many people are synced at once.
 * First come, first served. Who waits holds no connection to the database, and the lease is renewed meanwhile.
 */
final class Room {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);
    private static final String TAKEN = "withings.room";

    private final Duration patience;
    /** The first one has the room. */
    private final Deque<Exchange> line = new ArrayDeque<>();

    Room(Duration patience) {
        this.patience = patience;
    }

    /**
     * Waits for its turn. The room comes back by {@link #leave}, or by itself when the exchange has ended, whichever way.
     *
     * @throws Unavailable where that would take longer than is reasonable, or the process is stopping
     */
    synchronized void take(Exchange call) throws InterruptedException {
        var until = System.nanoTime() + patience.toNanos();
        line.add(call);
        try {
            while (line.element() != call) {
                if (System.nanoTime() - until > 0 || call.getContext().isStopping()) {
                    throw new Unavailable("other large answers are being stored for longer than this one can wait");
                }
                wait(LOOK_AGAIN.toMillis());
            }
        } catch (InterruptedException | RuntimeException e) {
            giveBack(call);
            throw e;
        }
        call.setProperty(TAKEN, this);
        call.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange ended) {
                giveBack(call);
            }
        });
    }

    private synchronized void giveBack(Exchange call) {
        if (line.remove(call)) {
            notifyAll();
        }
    }

    /** Does nothing where the exchange has no room. */
    static void leave(Exchange call) {
        if (call.removeProperty(TAKEN) instanceof Room room) {
            room.giveBack(call);
        }
    }
}
