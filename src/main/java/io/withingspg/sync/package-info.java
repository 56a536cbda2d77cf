/**
 * The pipeline, from due work to checkpoint, as routes; the only place that orders the steps. Must not know SQL, or how
 * a page becomes rows.
 */
@NullMarked
package io.withingspg.sync;

import org.jspecify.annotations.NullMarked;
