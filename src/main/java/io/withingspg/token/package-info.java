/** One valid access token for each person, refreshed once, encrypted at rest. Must not know resources or rows. */
@NullMarked
package io.withingspg.token;

import org.jspecify.annotations.NullMarked;
