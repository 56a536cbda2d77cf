package io.withingspg.store;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jooq.DSLContext;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * How reports reach this database: the address the service itself uses, and the role that reads. Never a password.
 *
 * @param hosts one, or several that are tried in turn; without brackets
 * @param ports of the hosts, in their order
 * @param options of the connection that a reader needs as well, such as {@code sslmode=verify-full}
 * @param standing of the role
 */
public record ReaderLogin(
        List<String> hosts, List<String> ports, String database, List<String> options, Standing standing) {
    public static final String ROLE = "withings_reader";

    /** Whether the role can be used for a login. */
    public enum Standing {
        /** The script of roles has to run first. */
        MISSING,
        /** It is a group, until an administrator lets it log in. */
        GROUP,
        LOGIN
    }

    public static ReaderLogin read(DSLContext sql) {
        var mayLogIn = Optional.ofNullable(
                sql.fetchValue("SELECT rolcanlogin FROM pg_catalog.pg_roles WHERE rolname = ?", ROLE));
        return of(
                Objects.requireNonNull(sql.connectionResult(
                        connection -> connection.getMetaData().getURL())),
                mayLogIn.map(flag -> (Boolean) flag ? Standing.LOGIN : Standing.GROUP)
                        .orElse(Standing.MISSING));
    }

    /** @param jdbcUrl as the driver reads it, its environment and service file included */
    static ReaderLogin of(String jdbcUrl, Standing standing) {
        var read = Objects.requireNonNull(Driver.parseURL(jdbcUrl, new Properties()));
        var options = new ArrayList<String>();
        var mode = PGProperty.SSL_MODE.getOrDefault(read);
        var ssl = PGProperty.SSL.getOrDefault(read);
        if (mode != null) {
            options.add("sslmode=" + mode);
        } else if (ssl != null && !ssl.equals("false")) {
            options.add("sslmode=verify-full"); // what the driver makes of it
        }
        var root = PGProperty.SSL_ROOT_CERT.getOrDefault(read);
        if (root != null) {
            options.add("sslrootcert=" + root);
        }
        return new ReaderLogin(
                split(read.getProperty("PGHOST", "localhost").replaceAll("[\\[\\]]", "")),
                split(read.getProperty("PGPORT", "5432")),
                read.getProperty("PGDBNAME", ""),
                options,
                standing);
    }

    private static List<String> split(String several) {
        return List.of(several.split(",", -1));
    }

    public boolean mayLogIn() {
        return standing == Standing.LOGIN;
    }

    /** For {@code psql} and whatever else takes one. */
    public String url() {
        var addresses = IntStream.range(0, hosts.size())
                .mapToObj(i ->
                        (hosts.get(i).contains(":") ? "[" + hosts.get(i) + "]" : hosts.get(i)) + ":" + ports.get(i))
                .collect(Collectors.joining(","));
        var query = options.stream().map(ReaderLogin::encodedValue).collect(Collectors.joining("&"));
        return "postgres://" + ROLE + "@" + addresses + "/" + encoded(database) + (query.isEmpty() ? "" : "?" + query);
    }

    /** For {@code ~/.pg_service.conf}, and then {@code service=withings} wherever libpq connects. */
    public List<String> service() {
        var lines = new ArrayList<>(List.of(
                "[withings]",
                "host=" + String.join(",", hosts),
                "port=" + String.join(",", ports),
                "dbname=" + database,
                "user=" + ROLE));
        lines.addAll(options);
        return lines;
    }

    private static String encodedValue(String option) {
        var parts = option.split("=", 2);
        return parts[0] + "=" + encoded(parts[1]).replace("%2F", "/");
    }

    private static String encoded(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
