/** One call to Withings: request, envelope, status family, quota. Must not know tables, resources or people's data. */
@NullMarked
package io.withingspg.withings;

import org.jspecify.annotations.NullMarked;
