package io.withingspg.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Asks a simulator as any program would; checks nothing. */
record Client(String url, String token, HttpClient http) {
    static Client of(Simulator simulator, TokenPair pair) {
        return new Client(simulator.url(), pair.accessToken(), HttpClient.newHttpClient());
    }

    static Client of(Simulator simulator) {
        return new Client(simulator.url(), "", HttpClient.newHttpClient());
    }

    Client with(String otherToken) {
        return new Client(url, otherToken, http);
    }

    HttpResponse<String> post(String path, Map<String, String> form) {
        var request = HttpRequest.newBuilder(URI.create(url + path))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form(form)))
                .build();
        return send(request);
    }

    HttpResponse<String> open(String address) {
        return send(HttpRequest.newBuilder(URI.create(address)).build());
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    JsonNode call(String path, Map<String, String> form) {
        return Json.tree(post(path, form).body());
    }

    /** Every row of a list, page after page, as many times as it is sent. */
    List<JsonNode> all(String path, String list, Map<String, String> form) {
        var rows = new ArrayList<JsonNode>();
        long offset = 0;
        do {
            var page = new HashMap<>(form);
            page.put("offset", Long.toString(offset));
            var body = call(path, page).path("body");
            body.path(list).forEach(rows::add);
            offset = body.path("more").asBoolean() ? body.path("offset").asLong() : 0;
        } while (offset > 0);
        return rows;
    }

    static String form(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }
}
