/** Every SQL statement of the service. Must not know JSON, HTTP or routes. */
@NullMarked
package io.withingspg.store;

import org.jspecify.annotations.NullMarked;
