package io.jvmmedic.core.control;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;

/**
 * What a request comes to.
 *
 * @param afterwards what may only be done once the answer is on its way; a detach takes away the loader of this very code
 */
record Answer(String json, Runnable afterwards) {

    /** Plain records of ours and JSON trees, nothing of the host: reflection sees no foreign type. */
    static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

    private static final Runnable NOTHING = () -> {
    };

    static Answer of(Object data) {
        return of(data, NOTHING);
    }

    static Answer of(Object data, Runnable afterwards) {
        JsonObject answer = new JsonObject();
        answer.addProperty("ok", true);
        answer.add("data", GSON.toJsonTree(data));
        return new Answer(GSON.toJson(answer), afterwards);
    }

    static Answer error(String sentence, int code) {
        JsonObject answer = new JsonObject();
        answer.addProperty("ok", false);
        answer.addProperty("error", sentence);
        answer.addProperty("code", code);
        return new Answer(GSON.toJson(answer), NOTHING);
    }
}
