package io.withingspg.simulator;

import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** {@code /v2/oauth2}: pairs for codes and refresh tokens, and the end of an access. */
final class OauthCalls {
    private final World world;
    private final Tokens tokens;
    private final Signatures signatures;
    private final LongFunction<@Nullable Person> people;

    OauthCalls(World world, Tokens tokens, Signatures signatures, LongFunction<@Nullable Person> people) {
        this.world = world;
        this.tokens = tokens;
        this.signatures = signatures;
        this.people = people;
    }

    String requestToken(Ask ask) {
        authenticate(ask);
        return switch (ask.text("grant_type")) {
            case "authorization_code" -> answer(tokens.exchange(ask.text("code"), ask.text("redirect_uri")));
            case "refresh_token" -> answer(tokens.refresh(ask.text("refresh_token")));
            default -> throw Refused.invalid("grant_type");
        };
    }

    String revoke(Ask ask) {
        signatures.require(ask);
        ask.text("userid");
        var id = ask.numberOrNull("userid");
        var person = id == null ? null : people.apply(id);
        if (person == null) {
            throw Refused.invalid("userid");
        }
        tokens.withdraw(person);
        return "{}";
    }

    /** Signed where a signature is given, also beside a secret; else by the secret. */
    private void authenticate(Ask ask) {
        if (ask.has("signature")) {
            signatures.require(ask);
            return;
        }
        signatures.client(ask);
        var secret = ask.text("client_secret");
        if (!world.secret().isEmpty() && !secret.equals(world.secret())) {
            throw Refused.invalid("invalid client_secret");
        }
    }

    /** Awkward on purpose: {@code userid} is text for people with an even id. */
    private static String answer(TokenPair pair) {
        var body = Json.object();
        if (pair.user() % 2 == 0) {
            body.put("userid", Long.toString(pair.user()));
        } else {
            body.put("userid", pair.user());
        }
        return body.put("access_token", pair.accessToken())
                .put("refresh_token", pair.refreshToken())
                .put("scope", Scope.joined(pair.scopes()))
                .put("expires_in", Tokens.ACCESS_LIVES.toSeconds())
                .put("token_type", "Bearer")
                .put("csrf_token", pair.accessToken().substring(0, 32))
                .toString();
    }
}
