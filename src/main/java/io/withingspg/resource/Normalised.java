package io.withingspg.resource;

import java.util.List;
import org.jooq.TableRecord;

/**
 * What became of a page.
 *
 * @param rows in the page's order, of any of the resource's tables; keys may repeat; user and {@code synced_at} unset
 * @param rejects records that could not be read
 */
public record Normalised(List<TableRecord<?>> rows, List<Rejected> rejects) {}
