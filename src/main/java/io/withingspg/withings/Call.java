package io.withingspg.withings;

/**
 * One entry point of the API.
 *
 * @param path such as {@code /v2/measure}; irregular, so never derived
 * @param action the form's {@code action}
 */
public record Call(String path, String action) {}
