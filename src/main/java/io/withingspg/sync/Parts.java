package io.withingspg.sync;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.withingspg.resource.Normalised;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;

/** A page as it is stored: at once, as a rule, and a large one part by part, each of which is read when the one before is stored. */
record Parts(Iterator<Normalised> rest) {
    static Parts one(Normalised page) {
        return new Parts(List.of(page).iterator());
    }

    static Parts of(Iterator<ObjectNode> bodies, Function<ObjectNode, Normalised> normalise) {
        return new Parts(new Iterator<>() {
            @Override
            public boolean hasNext() {
                return bodies.hasNext();
            }

            @Override
            public Normalised next() {
                return normalise.apply(bodies.next());
            }
        });
    }

    Normalised next() {
        return rest.next();
    }

    boolean goesOn() {
        return rest.hasNext();
    }
}
