/** One class for each command: reads options, starts the rest, prints, and maps endings to exit codes. */
@NullMarked
package io.withingspg.command;

import org.jspecify.annotations.NullMarked;
