package io.withingspg.withings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.withingspg.withings.CallFailure.Unavailable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** There is room for one large answer at a time. */
@Timeout(60)
final class RoomTest {
    private static final Duration LONG = Duration.ofMinutes(10);

    private final CamelContext camel = new DefaultCamelContext();
    private final List<Exchange> came = Collections.synchronizedList(new ArrayList<>());

    private Exchange call() {
        return new DefaultExchange(camel);
    }

    /** Starts to wait, and is sure to be waiting by now. */
    private Thread waiting(Room room, Exchange call) throws InterruptedException {
        var thread = Thread.ofPlatform().start(() -> {
            try {
                room.take(call);
                came.add(call);
            } catch (InterruptedException | Unavailable e) {
                // the test asks who came
            }
        });
        while (thread.getState() != Thread.State.TIMED_WAITING) {
            Thread.sleep(1);
        }
        return thread;
    }

    @Test
    void whoever_came_first_is_next_and_nobody_goes_in_before_the_room_was_left() throws Exception {
        var room = new Room(LONG);
        var calls = List.of(call(), call(), call());
        room.take(calls.get(0));
        var second = waiting(room, calls.get(1));
        var third = waiting(room, calls.get(2));
        assertThat(came).isEmpty();

        Room.leave(calls.get(2)); // who waits has nothing to leave
        Room.leave(calls.get(0));
        second.join();
        assertThat(came).containsExactly(calls.get(1));

        Room.leave(calls.get(0)); // once more changes nothing
        assertThat(third.isAlive()).isTrue();
        Room.leave(calls.get(1));
        third.join();
        assertThat(came).containsExactly(calls.get(1), calls.get(2));
    }

    private void route(String from, Processor processor) throws Exception {
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from(from).process(processor);
            }
        });
        camel.start();
    }

    @Test
    void the_room_is_left_when_the_exchange_has_ended_whichever_way() throws Exception {
        var room = new Room(LONG);
        route("direct:fails", exchange -> {
            room.take(exchange);
            throw new IllegalStateException("it cannot be stored");
        });
        try (var template = camel.createProducerTemplate()) {
            for (var times = 0; times < 3; times++) {
                assertThat(template.send("direct:fails", _ -> {}).isFailed()).isTrue();
            }
        }
        room.take(call());
        camel.stop();
    }

    @Test
    void whoever_gives_up_or_is_interrupted_does_not_stand_in_the_way() throws Exception {
        var room = new Room(Duration.ZERO);
        var holder = call();
        room.take(holder);

        assertThatThrownBy(() -> room.take(call())).isInstanceOf(Unavailable.class);
        Thread.currentThread().interrupt();
        var patient = new Room(LONG);
        patient.take(holder);
        assertThatThrownBy(() -> patient.take(call())).isInstanceOf(InterruptedException.class);

        Room.leave(holder);
        patient.take(call());
    }

    @Test
    void a_process_that_is_stopping_waits_no_more() throws Exception {
        var room = new Room(LONG);
        room.take(call());
        var waits = new CountDownLatch(1);
        route("direct:waits", exchange -> {
            waits.countDown();
            room.take(exchange);
        });
        var waiting = camel.createProducerTemplate().asyncSend("direct:waits", _ -> {});
        waits.await();

        camel.stop();

        assertThat(waiting.get().getException()).isInstanceOf(Unavailable.class);
    }
}
