package io.withingspg.resource;

import org.jooq.JSONB;

/**
 * A record of the API that could not be normalised.
 *
 * @param reason names the field; never holds a value
 * @param record as the API sent it, but for characters and numbers PostgreSQL cannot hold
 */
public record Rejected(String reason, JSONB record) {}
