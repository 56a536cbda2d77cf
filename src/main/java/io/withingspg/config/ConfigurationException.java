package io.withingspg.config;

/** The person who configured or called us must change something; the message is one line and says what. */
public final class ConfigurationException extends RuntimeException {
    public ConfigurationException(String message) {
        super(message);
    }
}
