package io.withingspg.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The faults that are still to strike. */
final class Faults {
    /** @param user null for anybody; {@code page} null for any page */
    record Armed(
            String action,
            @Nullable Long user,
            @Nullable Integer page,
            Predicate<Map<String, String>> arguments,
            int times,
            Fault fault) {
        boolean meets(Ask ask, @Nullable Long asker, int pageSize) {
            return ask.is(action)
                    && (user == null || user.equals(asker))
                    && (page == null || page == ask.offsetOrZero() / pageSize + 1)
                    && arguments.test(ask.arguments());
        }

        Armed once() {
            return new Armed(action, user, page, arguments, times == Integer.MAX_VALUE ? times : times - 1, fault);
        }
    }

    private final List<Armed> armed = new ArrayList<>();

    synchronized void arm(Armed fault) {
        if (fault.times() > 0) {
            armed.add(fault);
        }
    }

    synchronized void clear() {
        armed.clear();
    }

    /** The fault that strikes this call, if any; it is used up by one. */
    synchronized Optional<Fault> strike(Ask ask, @Nullable Long asker, int pageSize) {
        for (int i = 0; i < armed.size(); i++) {
            var candidate = armed.get(i);
            if (candidate.meets(ask, asker, pageSize)) {
                var left = candidate.once();
                if (left.times() == 0) {
                    armed.remove(i);
                } else {
                    armed.set(i, left);
                }
                return Optional.of(candidate.fault());
            }
        }
        return Optional.empty();
    }
}
