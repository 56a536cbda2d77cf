/** Quartz schedules: who and what is due. Must not know how anything is fetched. */
@NullMarked
package io.withingspg.schedule;

import org.jspecify.annotations.NullMarked;
