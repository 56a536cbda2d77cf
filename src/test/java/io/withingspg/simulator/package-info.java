/** Whether the simulated Withings keeps the API's word. It must not know the service either. */
@NullMarked
package io.withingspg.simulator;

import org.jspecify.annotations.NullMarked;
