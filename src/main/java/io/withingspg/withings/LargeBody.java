package io.withingspg.withings;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.withingspg.withings.CallFailure.Refused;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** The {@code body} of an answer that is too large to be held as a whole; it was read to its end once, so it is well formed. */
public final class LargeBody {
    /** Of a list, about as much at once as an ordinary page has. */
    private static final int PART_BYTES = 256 << 10;
    /** A longer text tells nothing of the records beside it. */
    private static final int TEXT_MAX = 10_000;
    /** The tree of an answer takes ten times as much. */
    private static final long WHOLE_BYTES_MAX = 8 << 20;

    private final Answer answer;
    private final ObjectNode envelope = JsonNodeFactory.instance.objectNode();
    private final ObjectNode scalars = JsonNodeFactory.instance.objectNode();
    /** Where the lists and objects in it begin, by name. */
    private final Map<String, Long> begins = new LinkedHashMap<>();

    private LargeBody(Answer answer) {
        this.answer = answer;
    }

    /** @throws JsonProcessingException where the answer is not one whole object */
    static LargeBody of(Answer answer) throws JsonProcessingException {
        var body = new LargeBody(answer);
        try (var json = Json.MAPPER.createParser(answer.stream())) {
            body.readEnvelope(json);
        } catch (JsonProcessingException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return body;
    }

    private void readEnvelope(JsonParser json) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw new JsonParseException(json, "not an object");
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            var name = json.currentName();
            if (json.nextToken() == JsonToken.START_OBJECT && name.equals("body")) {
                envelope.set(name, scalars.removeAll());
                begins.clear();
                readBody(json);
            } else {
                readField(json, name, envelope);
            }
        }
        if (json.nextToken() != null) {
            throw new JsonParseException(json, "something follows");
        }
    }

    private void readBody(JsonParser json) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            var name = json.currentName();
            begins.remove(name);
            if (json.nextToken().isStructStart()) {
                var at = json.currentTokenLocation().getByteOffset();
                if (at < 0) {
                    throw new JsonParseException(json, "not in UTF-8");
                }
                begins.put(name, at);
            }
            readField(json, name, scalars);
        }
    }

    private static void readField(JsonParser json, String name, ObjectNode into) throws IOException {
        into.remove(name);
        if (json.currentToken().isStructStart()) {
            json.skipChildren();
        } else if (json.currentToken() != JsonToken.VALUE_STRING || json.getTextLength() <= TEXT_MAX) {
            into.set(name, Json.PIECE.<JsonNode>readValue(json));
        }
    }

    /** The answer without what is in lists and objects. */
    ObjectNode envelope() {
        return envelope;
    }

    /** All fields but lists and objects. */
    public ObjectNode scalars() {
        return scalars;
    }

    /** Of the answer, in bytes. */
    public long length() {
        return answer.length();
    }

    /** Whether there is memory for {@link #whole all of it at once}. */
    public boolean fitsWhole() {
        return length() <= WHOLE_BYTES_MAX;
    }

    /** All of it at once, for what makes no sense in parts. */
    public ObjectNode whole() {
        return Envelope.body(answer);
    }

    /**
     * Bodies that all have its scalars, and of its lists and objects a piece each; at least one. To ask for the next one
     * throws {@link Refused} where a record of it has a text of more than 20 MB.
     */
    public Iterator<ObjectNode> parts() {
        return new Parts(begins.entrySet().iterator());
    }

    private final class Parts implements Iterator<ObjectNode> {
        private final Iterator<Map.Entry<String, Long>> fields;
        private String name = "";
        private @Nullable JsonParser json;
        private boolean begun;

        Parts(Iterator<Map.Entry<String, Long>> fields) {
            this.fields = fields;
        }

        @Override
        public boolean hasNext() {
            return !begun || json != null || fields.hasNext();
        }

        @Override
        public ObjectNode next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            begun = true;
            var part = scalars.deepCopy();
            try {
                if (json == null && fields.hasNext()) {
                    json = open(fields.next());
                }
                if (json != null) {
                    json = take(json, part);
                }
            } catch (JsonProcessingException _) {
                throw new Refused("the answer is not in Withings' form: a record is too large");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return part;
        }

        private JsonParser open(Map.Entry<String, Long> field) throws IOException {
            var in = answer.stream();
            in.skipNBytes(field.getValue());
            name = field.getKey();
            var opened = Json.MAPPER.createParser(in);
            opened.nextToken();
            return opened;
        }

        /** @return null where the field has ended */
        private @Nullable JsonParser take(JsonParser from, ObjectNode part) throws IOException {
            JsonNode piece = from.getParsingContext().inArray() ? part.putArray(name) : part.putObject(name);
            var enough = from.currentLocation().getByteOffset() + PART_BYTES;
            do {
                if (from.nextToken().isStructEnd()) {
                    from.close();
                    return null;
                }
                switch (piece) {
                    case ArrayNode list -> list.add(Json.PIECE.<JsonNode>readValue(from));
                    case ObjectNode object -> {
                        var key = from.currentName();
                        from.nextToken();
                        object.set(key, Json.PIECE.<JsonNode>readValue(from));
                    }
                    default -> throw new IllegalStateException("neither a list nor an object");
                }
            } while (from.currentLocation().getByteOffset() < enough);
            return from;
        }
    }
}
