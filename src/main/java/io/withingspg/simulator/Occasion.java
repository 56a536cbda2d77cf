package io.withingspg.simulator;

import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * When a {@link Fault} strikes: calls of one action, perhaps of one person, perhaps of one page. Each step returns a new
 * occasion; {@link #answer} arms it. Faults strike in the order they were armed, one per call.
 */
public final class Occasion {
    private final String action;
    private final @Nullable Long user;
    private final @Nullable Integer page;
    private final Predicate<Map<String, String>> arguments;
    private final int times;
    private final Consumer<Faults.Armed> arm;

    Occasion(String action, Consumer<Faults.Armed> arm) {
        this(action, null, null, _ -> true, 1, arm);
    }

    private Occasion(
            String action,
            @Nullable Long user,
            @Nullable Integer page,
            Predicate<Map<String, String>> arguments,
            int times,
            Consumer<Faults.Armed> arm) {
        this.action = action;
        this.user = user;
        this.page = page;
        this.arguments = arguments;
        this.times = times;
        this.arm = arm;
    }

    /** Only calls with this person's token (for {@code requesttoken}: this person's code or refresh token). */
    public Occasion forUser(long id) {
        return new Occasion(action, id, page, arguments, times, arm);
    }

    /** Only this page, counted from 1: {@code offset / pageSize + 1}. */
    public Occasion page(int number) {
        return new Occasion(action, user, number, arguments, times, arm);
    }

    /** Only calls whose form passes: one window, or one signal. Those of several {@code when} must all pass. */
    public Occasion when(Predicate<Map<String, String>> form) {
        return new Occasion(action, user, page, arguments.and(form), times, arm);
    }

    /** How many calls it strikes; once unless said. */
    public Occasion times(int count) {
        return new Occasion(action, user, page, arguments, count, arm);
    }

    /** Strikes until {@link Simulator#mend()}. */
    public Occasion always() {
        return times(Integer.MAX_VALUE);
    }

    public void answer(Fault fault) {
        arm.accept(new Faults.Armed(action, user, page, arguments, times, fault));
    }
}
