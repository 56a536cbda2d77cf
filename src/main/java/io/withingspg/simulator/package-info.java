/**
 * A Withings over HTTP, with people whose data are a pure function of seed, person and day, and with faults on demand.
 *
 * <p>It must not know the service: whatever it imitates it knows from the API alone, so that a mistake of ours cannot
 * be on both sides. Only {@code command} (demo, simulate) and tests know it.
 */
@NullMarked
package io.withingspg.simulator;

import org.jspecify.annotations.NullMarked;
