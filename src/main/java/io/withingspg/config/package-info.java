/** Settings as one validated record, read once. Must not know what anyone does with them. */
@NullMarked
package io.withingspg.config;

import org.jspecify.annotations.NullMarked;
