package io.jvmmedic.core.control;

import com.google.gson.JsonObject;
import io.jvmmedic.bootstrap.MedicThread;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A request that came as the options of a later attach: {@code command=holders,pool=orders,reply=7f3a}. Values are
 * URL-encoded where they hold a comma. Without {@code command}, a {@code mode} is taken as {@code command=mode}, so that
 * the options of a first attach switch the mode of a second one too.
 */
public final class AttachRequest {

    private AttachRequest() {
    }

    /**
     * Carries the request out; the answer goes to the agent property that {@code reply} names. Never throws.
     *
     * @return one sentence for the log
     */
    public static String handle(String options, Commands commands, AgentProperties properties) {
        Map<String, String> values = parse(options);
        String verb = values.getOrDefault("command", values.containsKey("mode") ? "mode" : "");
        if (verb.isEmpty()) {
            return "the agent runs already, the options of this attach change nothing";
        }
        JsonObject arguments = new JsonObject();
        values.forEach(arguments::addProperty);
        Answer answer = commands.answer(verb, arguments);
        String reply = values.get("reply");
        if (reply != null) {
            properties.reply(reply, answer.json());
        }
        // Not on the attach listener: it would wait for itself, and hold the bridge's latch meanwhile.
        new MedicThread(answer.afterwards(), "command").start();
        return "command " + verb + " by attach: " + answer.json();
    }

    private static Map<String, String> parse(String options) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String pair : options.split(",")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                values.put(pair.substring(0, equals).trim(), decoded(pair.substring(equals + 1).trim()));
            }
        }
        return values;
    }

    private static String decoded(String value) {
        try {
            return URLDecoder.decode(value, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return value;
        }
    }
}
