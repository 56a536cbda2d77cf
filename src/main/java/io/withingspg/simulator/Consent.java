package io.withingspg.simulator;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * {@code /oauth2_user/authorize2}: the page where a person consents, and the way back. With {@code auto=1} nobody is
 * asked: {@code user=ID} consents, else the next person who has not yet, in turn.
 */
final class Consent {
    static final String PATH = "/oauth2_user/authorize2";

    /** What the consent link asks for. */
    record Request(String clientId, String redirectUri, String state, Set<String> scopes) {}

    private final World world;
    private final Tokens tokens;
    private final List<Person> people;
    private final AtomicInteger turn = new AtomicInteger();

    Consent(World world, Tokens tokens, List<Person> people) {
        this.world = world;
        this.tokens = tokens;
        this.people = people;
    }

    Answer asked(String query) {
        var fields = Ask.form(query);
        return request(fields)
                .map(request -> {
                    if (fields.containsKey("auto")) {
                        return person(fields)
                                .map(person -> granted(request, person, request.scopes()))
                                .orElseGet(() -> back(request, Map.of("error", "access_denied")));
                    }
                    return Answer.html(200, ConsentPage.of(request, people, next()));
                })
                .orElseGet(() -> Answer.html(400, ConsentPage.broken()));
    }

    Answer decided(String form) {
        var fields = Ask.form(form);
        return request(fields)
                .map(request -> {
                    var person = person(fields);
                    if (!"allow".equals(fields.get("decision")) || person.isEmpty()) {
                        return back(request, Map.of("error", "access_denied"));
                    }
                    var ticked = values(form, "grant");
                    ticked.retainAll(request.scopes());
                    return granted(request, person.get(), ticked);
                })
                .orElseGet(() -> Answer.html(400, ConsentPage.broken()));
    }

    private Answer granted(Request request, Person person, Set<String> scopes) {
        var given = scopes.stream().filter(person::grants).collect(Collectors.toUnmodifiableSet());
        return back(request, Map.of("code", tokens.code(person, given, request.redirectUri())));
    }

    private static Answer back(Request request, Map<String, String> result) {
        var location = new StringBuilder(request.redirectUri());
        location.append(request.redirectUri().contains("?") ? '&' : '?');
        result.forEach((name, value) -> location.append(name).append('=').append(value));
        location.append("&state=").append(URLEncoder.encode(request.state(), StandardCharsets.UTF_8));
        return Answer.redirect(location.toString());
    }

    private Optional<Request> request(Map<String, String> fields) {
        var client = fields.getOrDefault("client_id", "");
        var redirect = fields.getOrDefault("redirect_uri", "");
        var scopes = Arrays.stream(fields.getOrDefault("scope", "").split(",", -1))
                .map(String::strip)
                .filter(scope -> Scope.of(scope).isPresent())
                .collect(Collectors.toCollection(LinkedHashSet::new));
        boolean known = world.client().isEmpty() ? !client.isEmpty() : client.equals(world.client());
        boolean complete = "code".equals(fields.get("response_type")) && fields.containsKey("state");
        return known && complete && !scopes.isEmpty() && isAddress(redirect)
                ? Optional.of(new Request(client, redirect, fields.getOrDefault("state", ""), scopes))
                : Optional.empty();
    }

    private Optional<Person> person(Map<String, String> fields) {
        var id = fields.get("user");
        return id == null
                ? next()
                : people.stream()
                        .filter(person -> Long.toString(person.id()).equals(id))
                        .findFirst();
    }

    /** The next person without consent; when all have it, just the next. */
    private synchronized Optional<Person> next() {
        for (int i = 0; i < people.size(); i++) {
            int index = Math.floorMod(turn.get() + i, people.size());
            if (!tokens.enrolled(people.get(index))) {
                turn.set(index);
                return Optional.of(people.get(index));
            }
        }
        return people.isEmpty()
                ? Optional.empty()
                : Optional.of(people.get(Math.floorMod(turn.incrementAndGet(), people.size())));
    }

    private static boolean isAddress(String text) {
        try {
            var uri = new URI(text);
            Predicate<String> web = scheme -> scheme.equals("http") || scheme.equals("https");
            return uri.getScheme() != null && web.test(uri.getScheme()) && uri.getHost() != null;
        } catch (URISyntaxException _) {
            return false;
        }
    }

    private static Set<String> values(String form, String name) {
        return Arrays.stream(form.split("&", -1))
                .filter(field -> field.startsWith(name + "="))
                .map(field -> URLDecoder.decode(field.substring(name.length() + 1), StandardCharsets.UTF_8))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }
}
