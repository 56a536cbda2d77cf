/** Pages and JSON for people and programs; asks who is calling, and reads only through the store. */
@NullMarked
package io.withingspg.console;

import org.jspecify.annotations.NullMarked;
