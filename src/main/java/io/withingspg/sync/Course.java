package io.withingspg.sync;

import java.util.List;

/**
 * What a turn reads, in this order.
 *
 * @param movesCursor false for what somebody asked for beside the usual order of things
 * @param reconciles whether at its end the last days were read anew, so that there is nothing to reconcile
 * @param windowsForward how many windows the way to the present takes: more after long silence
 */
record Course(List<Leg> legs, boolean movesCursor, boolean reconciles, int windowsForward) {
    static Course usual(List<Leg> legs, boolean reconciles) {
        return new Course(legs, true, reconciles, 1);
    }

    static Course beside(List<Leg> legs) {
        return new Course(legs, false, false, 1);
    }
}
