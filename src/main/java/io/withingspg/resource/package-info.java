/**
 * One file per resource of the API: how it is asked for, and a pure function from a page to rows and rejects. Must not
 * know Camel, HTTP or how rows are written.
 */
@NullMarked
package io.withingspg.resource;

import org.jspecify.annotations.NullMarked;
