package io.jvmmedic.core.control;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.jvmmedic.core.model.Mode;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Verbs and what they do. A request is {@code {"verb":"holders","args":{"pool":"orders"}}}. Thread-safe. */
public final class Commands {

    private static final Logger LOG = LoggerFactory.getLogger(Commands.class);
    private static final int INTERNAL_ERROR = 1;

    @FunctionalInterface
    private interface Handler {
        Answer handle(JsonObject arguments) throws Exception;
    }

    private final Map<String, Handler> handlers = new LinkedHashMap<>();

    public Commands(AgentView agent) {
        handlers.put("status", arguments -> Answer.of(agent.status()));
        handlers.put("pools", arguments -> Answer.of(agent.pools()));
        handlers.put("holders", arguments -> Answer.of(agent.holders(text(arguments, "pool"))));
        handlers.put("incidents", arguments -> Answer.of(agent.incidents()));
        handlers.put("explain", arguments -> Answer.of(agent.explain(text(arguments, "id"))));
        handlers.put("mode", arguments -> {
            Mode wanted = mode(text(arguments, "mode"));
            Mode before = agent.setMode(wanted);
            return Answer.of(Map.of("mode", wanted.toString(), "before", before.toString()));
        });
        handlers.put("pause", arguments -> Answer.of(Map.of("paused", true, "changed", agent.pause())));
        handlers.put("resume", arguments -> Answer.of(Map.of("paused", false, "changed", agent.resume())));
        handlers.put("dump", arguments -> Answer.of(agent.dump("true".equals(optional(arguments, "full")))));
        handlers.put("detach", arguments -> Answer.of(Map.of("detaching", true), agent::detach));
    }

    /** Never throws: whatever goes wrong becomes an answer. */
    Answer answer(String request) {
        try {
            JsonObject parsed = JsonParser.parseString(request).getAsJsonObject();
            JsonElement arguments = parsed.get("args");
            return answer(text(parsed, "verb"), arguments == null ? new JsonObject() : arguments.getAsJsonObject());
        } catch (Refusal e) {
            return Answer.error(e.getMessage(), e.code());
        } catch (JsonParseException | IllegalStateException e) {
            return Answer.error("The request is not understood: " + e.getMessage() + ".", INTERNAL_ERROR);
        }
    }

    /** As {@link #answer(String)}. */
    Answer answer(String verb, JsonObject arguments) {
        Handler handler = handlers.get(verb);
        if (handler == null) {
            Refusal refusal = Refusal.refused("This agent does not know '" + verb + "', it knows "
                    + String.join(", ", handlers.keySet()) + "; use the command line of the agent's own version.");
            return Answer.error(refusal.getMessage(), refusal.code());
        }
        try {
            return handler.handle(arguments);
        } catch (Refusal e) {
            return Answer.error(e.getMessage(), e.code());
        } catch (Exception | LinkageError e) {
            LOG.warn("command {} failed", verb, e);
            return Answer.error("The agent failed at '" + verb + "': " + e + ".", INTERNAL_ERROR);
        }
    }

    private static Mode mode(String text) throws Refusal {
        return Arrays.stream(Mode.values()).filter(mode -> mode.toString().equals(text.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> Refusal.usage("There is no mode '" + text + "', use off, observe or heal."));
    }

    private static String text(JsonObject arguments, String name) throws Refusal {
        String value = optional(arguments, name);
        if (value.isBlank()) {
            throw Refusal.usage("The argument '" + name + "' is missing.");
        }
        return value;
    }

    private static String optional(JsonObject arguments, String name) {
        JsonElement value = arguments.get(name);
        return value == null || !value.isJsonPrimitive() ? "" : value.getAsString();
    }
}
