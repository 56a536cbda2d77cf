package io.withingspg.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One field of a record, as a type: null where there is nothing, a {@link Reject} where it is something else.
 *
 * @param name as a reason names it
 * @param node null where absent
 */
record Field(String name, @Nullable JsonNode node) {
    /** Longer texts fit no index, and one row that does not fit would cost the whole page. */
    private static final int TEXT_MAX = 500;

    private static final int DIGITS_MAX = 300;
    /** A typo's usual reach is the year 9999; a day less, so that every zone's local day has four digits too. */
    private static final Instant LAST = Instant.parse("9999-12-30T23:59:59Z");
    /** Offsets and prefixes such as "UTC+2" mean something else, or nothing, to PostgreSQL: names only. */
    private static final Set<String> ZONES = ZoneId.getAvailableZoneIds().stream()
            .filter(zone -> !zone.startsWith("SystemV/")) // Java's own
            .collect(Collectors.toUnmodifiableSet());

    private static final Map<String, ZoneId> KNOWN = new ConcurrentHashMap<>();

    /** A moment that is the name of a field. */
    static Instant moment(String epoch) {
        var name = new Field("epoch", TextNode.valueOf(epoch));
        var moment = name.time();
        if (moment == null) {
            throw name.reject("missing");
        }
        return moment;
    }

    /** The API writes "none" in several ways. */
    static boolean nothing(@Nullable JsonNode node) {
        return node == null
                || node.isMissingNode()
                || node.isNull()
                || (node.isContainerNode() && node.isEmpty())
                || (node.isTextual() && node.textValue().isBlank());
    }

    Reject reject(String reason) {
        return new Reject(name + ": " + reason);
    }

    /** A number counts as text: the API sends {@code model} as both. */
    @Nullable
    String text() {
        if (node == null) {
            return null;
        }
        var number = node.isNumber() ? decimal() : null;
        if (number == null && !node.isTextual()) {
            throw reject("expected a text");
        }
        var text = number == null ? node.textValue() : number.toPlainString();
        if (text.length() > TEXT_MAX) {
            throw reject("a text of more than " + TEXT_MAX + " characters");
        }
        return Storable.text(text);
    }

    @Nullable
    BigDecimal decimal() {
        if (node == null) {
            return null;
        }
        if (!node.isNumber() && !node.isTextual()) {
            throw reject("expected a number");
        }
        try {
            var value = node.isNumber()
                    ? node.decimalValue()
                    : new BigDecimal(node.textValue().strip());
            if (Math.abs((long) value.scale()) + value.precision() <= DIGITS_MAX) {
                return plain(value);
            }
        } catch (NumberFormatException e) {
            throw reject("expected a number");
        }
        throw reject("a number beyond all measure");
    }

    /** 1E+3 as 1000; decimal places stay, as they tell how exact the device is. */
    static BigDecimal plain(BigDecimal value) {
        return value.scale() < 0 ? value.setScale(0) : value;
    }

    @Nullable
    Long whole() {
        if (node != null && (node.isInt() || node.isLong())) { // as nearly all of them
            return node.longValue();
        }
        var value = decimal();
        try {
            return value == null ? null : value.longValueExact();
        } catch (ArithmeticException e) {
            throw reject("expected a whole number");
        }
    }

    @Nullable
    Integer count() {
        if (node != null && node.isInt()) { // as nearly all of them
            return node.intValue();
        }
        var value = decimal();
        try {
            return value == null ? null : value.intValueExact();
        } catch (ArithmeticException e) {
            throw reject("expected a whole number of ordinary size");
        }
    }

    /** As {@link #count}, and zero means "not measured". */
    @Nullable
    Integer measuredCount() {
        var value = count();
        return value == null || value == 0 ? null : value;
    }

    /** Whole seconds. Less than none is not a time, and would shorten every sum it is part of. */
    @Nullable
    Integer duration() {
        var seconds = count();
        if (seconds != null && seconds < 0) {
            throw reject("less than no time");
        }
        return seconds;
    }

    @Nullable
    Boolean flag() {
        return node == null
                ? null
                : switch (node.asText()) {
                    case "true", "1" -> true;
                    case "false", "0" -> false;
                    default -> throw reject("expected true or false");
                };
    }

    /** API: epoch seconds. */
    @Nullable
    Instant time() {
        var seconds = whole();
        return seconds == null ? null : time(seconds);
    }

    /** As {@link #time()}: the end of what began then. */
    @Nullable
    Instant notBefore(Instant startedAt) {
        var end = time();
        if (end != null && end.isBefore(startedAt)) {
            throw reject("before the beginning");
        }
        return end;
    }

    Instant time(long seconds) {
        if (seconds < 0 || seconds > LAST.getEpochSecond()) {
            throw reject("not a time between 1970 and 9999");
        }
        return Instant.ofEpochSecond(seconds);
    }

    @Nullable
    LocalDate day() {
        var text = text();
        try {
            var day = text == null ? null : LocalDate.parse(text);
            if (day == null || (day.getYear() >= 1900 && day.getYear() <= 9999)) {
                return day;
            }
        } catch (DateTimeException e) {
            throw reject("expected a day such as 2026-01-31");
        }
        throw reject("not a day between 1900 and 9999");
    }

    /** Never rejects: a row is worth more than its zone. */
    @Nullable
    String zone() {
        var id = node == null ? "" : node.asText();
        return ZONES.contains(id) ? id : null;
    }

    /**
     * @param zone as {@link #zone} gives it; null for UTC
     * @return the local day
     */
    static LocalDate day(Instant at, @Nullable String zone) {
        return LocalDate.ofInstant(at, zone == null ? ZoneOffset.UTC : KNOWN.computeIfAbsent(zone, ZoneId::of));
    }
}
