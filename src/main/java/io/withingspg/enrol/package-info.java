/** The OAuth consent flow, from the link to the stored pair. Must not know what is fetched afterwards. */
@NullMarked
package io.withingspg.enrol;

import org.jspecify.annotations.NullMarked;
