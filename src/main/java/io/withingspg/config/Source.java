package io.withingspg.config;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where a setting's text comes from: the environment, else the owner's file, else the shipped file. The shipped
 * file is the list of known keys. Errors name the key as the person wrote it.
 */
final class Source {
    static final Set<String> SECRETS =
            Set.of("withings.client-secret", "database.url", "token.key", "console.password", "api.token");
    private static final String SHIPPED = "/config/application.properties";

    private final Map<String, String> environment;
    private final Set<String> perResource;
    private final Properties owner;
    private final @Nullable Path ownerFile;
    private final Properties shipped = new Properties();

    /** @param perResource keys that exist once for each resource, so that a new one needs no line in the shipped file */
    Source(Map<String, String> environment, @Nullable Path ownerFile, Set<String> perResource) {
        this.environment = environment;
        this.perResource = perResource;
        this.ownerFile = ownerFile;
        try (var in = new InputStreamReader(Source.class.getResourceAsStream(SHIPPED), StandardCharsets.UTF_8)) {
            shipped.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.owner = load(ownerFile);
        for (var key : owner.stringPropertyNames()) {
            if (!known(key)) {
                throw new ConfigurationException(
                        key + " (" + ownerFile + ") is not a setting: correct or remove it" + nearest(key));
            }
        }
    }

    private static Properties load(@Nullable Path file) {
        var loaded = new Properties();
        if (file != null) {
            try (var in = Files.newBufferedReader(file)) {
                loaded.load(in);
            } catch (IOException | IllegalArgumentException e) {
                throw new ConfigurationException(file + " cannot be read: " + e.getMessage());
            }
        }
        return loaded;
    }

    private boolean known(String key) {
        return key.startsWith("camel.")
                || perResource.contains(key)
                || shipped.containsKey(key)
                || (key.endsWith("-file") && SECRETS.contains(key.substring(0, key.length() - 5)));
    }

    private String nearest(String key) {
        return shipped.stringPropertyNames().stream()
                .filter(known -> known.replaceAll("[.-]", "").equalsIgnoreCase(key.replaceAll("[._-]", "")))
                .findAny()
                .map(known -> " (did you mean " + known + "?)")
                .orElse("");
    }

    /** The setting as written; null where empty or absent. */
    @Nullable
    Text find(String key) {
        var variable = key.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_");
        var fromEnvironment = either(key, variable, variable + "_FILE", environment::get);
        if (fromEnvironment != null) {
            return fromEnvironment;
        }
        var fromOwner = either(key, key, key + "-file", owner::getProperty);
        if (fromOwner != null || owner.containsKey(key)) {
            return fromOwner;
        }
        return either(key, key, key + "-file", shipped::getProperty);
    }

    private @Nullable Text either(
            String key, String name, String fileName, java.util.function.Function<String, String> in) {
        var plain = blankToNull(in.apply(name));
        var file = SECRETS.contains(key) ? blankToNull(in.apply(fileName)) : null;
        if (plain != null && file != null) {
            throw new ConfigurationException(name + " and " + fileName + " are both set: remove one of them");
        }
        if (file != null) {
            return new Text(fileName, secretIn(fileName, Path.of(file)), Path.of(file));
        }
        return plain == null ? null : new Text(name, plain, null);
    }

    private static String secretIn(String name, Path file) {
        try {
            var secret = Files.readString(file).replaceFirst("\r?\n\\z", "");
            if (secret.isBlank()) {
                throw new ConfigurationException(name + "=" + file + " holds nothing: write the secret into it");
            }
            return secret;
        } catch (IOException e) {
            throw new ConfigurationException(name + "=" + file + " cannot be read: check the path and its permissions");
        }
    }

    private static @Nullable String blankToNull(@Nullable String text) {
        return text == null || text.isBlank() ? null : text.strip();
    }

    /** Keys of Apache Camel itself, from the owner's file. */
    Map<String, String> camel() {
        var camel = new TreeMap<String, String>();
        owner.stringPropertyNames().stream()
                .filter(key -> key.startsWith("camel."))
                .forEach(key -> camel.put(key, owner.getProperty(key)));
        return camel;
    }

    /** The text of a key that the shipped file gives a default. */
    Text required(String key) {
        var text = find(key);
        if (text == null) {
            throw new ConfigurationException(key + (ownerFile == null ? "" : " (" + ownerFile + ")")
                    + " is empty: give it a value, or remove the line to have the default");
        }
        return text;
    }

    /**
     * One setting's text, with the name under which the person set it.
     *
     * @param file that a secret stands in; null where it was given itself
     */
    record Text(String name, String value, @Nullable Path file) {
        int number(int min, int max) {
            try {
                var number = Integer.parseInt(value);
                if (number >= min && number <= max) {
                    return number;
                }
            } catch (NumberFormatException e) {
                throw bad("a whole number from " + min + " to " + max);
            }
            throw bad("a whole number from " + min + " to " + max);
        }

        boolean flag() {
            return switch (value.toLowerCase(Locale.ROOT)) {
                case "true", "yes", "on", "1" -> true;
                case "false", "no", "off", "0" -> false;
                default -> throw bad("true or false");
            };
        }

        Duration duration() {
            return WrittenDuration.parse(value)
                    .orElseThrow(() -> bad("a duration such as " + WrittenDuration.EXAMPLES));
        }

        LocalDate day() {
            try {
                return LocalDate.parse(value);
            } catch (DateTimeParseException e) {
                throw bad("a day such as 2024-01-31");
            }
        }

        URI url() {
            try {
                var url = new URI(value);
                if (url.getHost() != null && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
                    return url;
                }
            } catch (URISyntaxException e) {
                throw bad("an http or https address");
            }
            throw bad("an http or https address");
        }

        ConfigurationException bad(String expected) {
            var shown = SECRETS.stream()
                            .anyMatch(secret -> name.toLowerCase(Locale.ROOT)
                                    .replaceAll("[._-]", "")
                                    .startsWith(secret.replaceAll("[.-]", "")))
                    ? name
                    : name + "=" + value;
            return new ConfigurationException(shown + " is not valid: expected " + expected);
        }
    }
}
