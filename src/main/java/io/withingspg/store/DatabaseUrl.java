package io.withingspg.store;

import io.withingspg.config.ConfigurationException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * {@code DATABASE_URL} as the driver wants it. Not read with {@link java.net.URI}: to that, a host such as
 * {@code my_db} is none, and user and password go with it.
 */
final class DatabaseUrl {
    private static final String HOST = "(?:\\[[0-9a-fA-F:.%]+]|[^/?#@:,\\s]*)(?::[0-9]{1,5})?";
    private static final Pattern URL = Pattern.compile("postgres(?:ql)?://(?:(?<user>[^/?#@:\\s]*)"
            + "(?::(?<password>[^/?#@\\s]*))?@)?"
            + "(?<hosts>" + HOST + "(?:," + HOST + ")*)"
            + "(?:/(?<database>[^/?#@\\s]*))?"
            + "(?:\\?(?<options>[^#\\s]*))?");

    private static final Pattern PASSFILE = Pattern.compile("(^|&)passfile=");

    private DatabaseUrl() {}

    /** {@code postgres://user:password@host:port/database?options}, or a JDBC URL as it is. */
    static String jdbc(String url) {
        if (url.startsWith("jdbc:")) {
            return url;
        }
        var parts = URL.matcher(url);
        if (!parts.matches()) {
            throw invalid();
        }
        var jdbc = new StringBuilder("jdbc:postgresql://")
                .append(parts.group("hosts").isEmpty() ? "localhost" : parts.group("hosts"))
                .append('/')
                .append(parts.group("database") == null ? "" : recoded(parts.group("database")));
        var separator = '?';
        for (var name : new String[] {"user", "password"}) {
            if (parts.group(name) != null) {
                jdbc.append(separator).append(name).append('=').append(recoded(parts.group(name)));
                separator = '&';
            }
        }
        if (parts.group("options") != null) {
            if (PASSFILE.matcher(parts.group("options")).find()) {
                throw new ConfigurationException(
                        "DATABASE_URL names a passfile, which psql reads and Java does not: put"
                                + " its path into PGPASSFILE in the environment; or, for an embedded database, leave out"
                                + " DATABASE_URL and set DATA_DIR to its folder");
            }
            jdbc.append(separator).append(parts.group("options"));
        }
        return jdbc.toString();
    }

    /** The driver reads parts as forms are read: a plus sign would become a blank, an ampersand end the password. */
    private static String recoded(String part) {
        try {
            var decoded = URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
            return URLEncoder.encode(decoded, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw invalid();
        }
    }

    private static ConfigurationException invalid() {
        return new ConfigurationException(
                "DATABASE_URL is not valid: expected postgres://user:password@host:port/database, with special"
                        + " characters of the password percent-encoded");
    }
}
