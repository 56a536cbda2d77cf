package io.withingspg.withings;

import java.util.HashSet;
import java.util.Set;

/** The vendor's table of {@code status} codes, by what a sync must do. */
enum StatusFamily {
    OK,
    AUTHENTICATION_FAILED,
    UNAUTHORISED,
    INVALID_PARAMETERS,
    TOO_MANY_REQUESTS,
    NOT_IMPLEMENTED,
    /** Everything else, unknown codes included. */
    ERROR_OCCURRED;

    private static final Set<Integer> AUTHENTICATION = codes("100-102 200 401");
    private static final Set<Integer> PERMISSION = codes("214 277 2553 2555");
    private static final Set<Integer> PARAMETERS = codes(
            "201-213 216-218 220-221 223 225 227-230 234-236 238 240-252 254"
                    + " 260-267 271-272 275-276 283-288 290 293-295 297 300-304 321 323-353 380-382 400 501-511 523 532 3017-3019");

    static StatusFamily of(int status) {
        if (AUTHENTICATION.contains(status)) {
            return AUTHENTICATION_FAILED;
        }
        if (PERMISSION.contains(status)) {
            return UNAUTHORISED;
        }
        if (PARAMETERS.contains(status)) {
            return INVALID_PARAMETERS;
        }
        return switch (status) {
            case 0 -> OK;
            case 601 -> TOO_MANY_REQUESTS;
            case 2554 -> NOT_IMPLEMENTED;
            default -> ERROR_OCCURRED;
        };
    }

    private static Set<Integer> codes(String ranges) {
        var codes = new HashSet<Integer>();
        for (var range : ranges.split(" ", -1)) {
            var ends = range.split("-", -1);
            for (var code = Integer.parseInt(ends[0]); code <= Integer.parseInt(ends[ends.length - 1]); code++) {
                codes.add(code);
            }
        }
        return codes;
    }
}
