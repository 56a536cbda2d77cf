package io.withingspg.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Which call is answered by whom, under which scope; quota and faults before, the envelope after. */
final class Api {
    /** @param scope what the token must allow */
    private record DataCall(Scope scope, BiFunction<Ask, Person, String> body) {}

    private final World world;
    private final Tokens tokens;
    private final Faults faults;
    private final Calls calls;
    private final Quota quota;
    private final Map<String, DataCall> dataCalls;
    private final Map<String, Function<Ask, String>> openCalls;

    Api(World world, Tokens tokens, Faults faults, Calls calls, OauthCalls oauth, Signatures signatures) {
        this.world = world;
        this.tokens = tokens;
        this.faults = faults;
        this.calls = calls;
        this.quota = new Quota(world);
        var measure = new MeasureCalls(world);
        var sleep = new SleepCalls(world);
        var heart = new HeartCalls(world);
        var user = new UserCalls();
        this.openCalls = Map.of(
                "/v2/oauth2 requesttoken", oauth::requestToken,
                "/v2/oauth2 revoke", oauth::revoke,
                "/v2/signature getnonce", signatures::nonce);
        this.dataCalls = Map.of(
                "/measure getmeas", new DataCall(Scope.METRICS, measure::measures),
                "/v2/measure getactivity", new DataCall(Scope.ACTIVITY, measure::activities),
                "/v2/measure getworkouts", new DataCall(Scope.ACTIVITY, measure::workouts),
                "/v2/measure getintradayactivity", new DataCall(Scope.ACTIVITY, measure::intraday),
                "/v2/sleep get", new DataCall(Scope.ACTIVITY, sleep::samples),
                "/v2/sleep getsummary", new DataCall(Scope.ACTIVITY, sleep::summaries),
                "/v2/heart list", new DataCall(Scope.METRICS, heart::records),
                "/v2/heart get", new DataCall(Scope.METRICS, heart::signal),
                "/v2/user getdevice", new DataCall(Scope.INFO, user::devices),
                "/v2/user getgoals", new DataCall(Scope.INFO, user::goals));
    }

    Answer answer(Ask ask) {
        var asker = tokens.whose(ask);
        calls.saw(new Call(
                ask.path(), ask.action(), asker, ask.arguments(), world.clock().instant()));
        try {
            quota.admit(ask, asker);
        } catch (Refused refusal) {
            return Answer.json(refusal.json());
        }
        return faults.strike(ask, asker, world.pageSize())
                .map(fault -> spoiled(ask, fault))
                .orElseGet(() -> Answer.json(truth(ask)));
    }

    private String truth(Ask ask) {
        try {
            return Envelope.ok(body(ask));
        } catch (Refused refusal) {
            return refusal.json();
        }
    }

    private String body(Ask ask) {
        var key = ask.path() + " " + ask.action();
        var open = openCalls.get(key);
        if (open != null) {
            return open.apply(ask);
        }
        var call = dataCalls.get(key);
        if (call == null) {
            throw Refused.unknown(key);
        }
        var session = tokens.open(ask.token());
        var scope = call.scope().id();
        if (!session.scopes().contains(scope) || !session.person().grants(scope)) {
            throw Refused.notPermitted(scope);
        }
        return call.body().apply(ask, session.person());
    }

    private Answer spoiled(Ask ask, Fault fault) {
        return switch (fault) {
            case Fault.Status(int status, var error, var body, var headers) ->
                Answer.json(Envelope.error(status, error, body)).with(headers);
            case Fault.Http(int code, var html, var headers) ->
                Answer.html(code, html).with(headers);
            case Fault.Raw(var text) -> Answer.json(text);
            case Fault.Empty() -> Answer.json(lost(truth(ask), 0));
            case Fault.CutOff() -> {
                var truth = truth(ask);
                yield Answer.json(lost(truth, truth.length() / 2));
            }
            case Fault.Reset() -> {
                truth(ask);
                yield Answer.resetConnection();
            }
            case Fault.Unheard(var until) -> {
                until.run();
                yield Answer.resetConnection();
            }
            case Fault.Delay(var delay) -> Answer.json(truth(ask)).after(delay);
            case Fault.MoreWithoutOffset() ->
                Answer.json(rewritten(truth(ask), body -> {
                    more(body).remove("offset");
                    return body;
                }));
            case Fault.RepeatedOffset() ->
                Answer.json(rewritten(truth(ask), body -> more(body).put("offset", ask.offsetOrZero())));
            case Fault.Rewritten(var rewrite) -> Answer.json(rewritten(truth(ask), rewrite));
            case Fault.Huge(int bytes) -> Answer.json(rewritten(truth(ask), body -> grown(body, bytes)));
            case Fault.Then(var act) -> {
                var truth = truth(ask);
                act.run();
                yield Answer.json(truth);
            }
        };
    }

    private static String lost(String truth, int kept) {
        return truth.substring(0, kept);
    }

    private static ObjectNode grown(ObjectNode body, int bytes) {
        int missing = bytes - body.toString().length();
        for (var member : body) {
            if (member instanceof ArrayNode rows && !rows.isEmpty()) {
                int rowBytes = rows.toString().length() - 1;
                var once = rows.deepCopy();
                for (; missing > 0; missing -= rowBytes) {
                    rows.addAll(once);
                }
            }
        }
        return missing > 0 ? body.put("padding", "x".repeat(missing)) : body;
    }

    private static ObjectNode more(ObjectNode body) {
        return body.path("more").isNumber() ? body.put("more", 1) : body.put("more", true);
    }

    private static String rewritten(String truth, Function<ObjectNode, ObjectNode> rewrite) {
        var envelope = Json.parse(truth);
        @Nullable JsonNode body = envelope.get("body");
        if (body instanceof ObjectNode object) {
            envelope.set("body", rewrite.apply(object));
        }
        return envelope.toString();
    }
}
