package io.jvmmedic.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.jvmmedic.cli.attach.Jvm;
import java.util.ArrayList;
import java.util.List;

/**
 * What an agent answered, read field by field: an agent of another version may say less, which shows as empty, or more,
 * which only {@code --json} shows.
 */
record Answer(Jvm jvm, JsonElement data) {

    Answer of(JsonElement part) {
        return new Answer(jvm, part);
    }

    String text(String field) {
        JsonElement value = get(field);
        return value == null || !value.isJsonPrimitive() ? "" : value.getAsString();
    }

    /** -1 when it is not there, which the agent says of what it does not know too. */
    long number(String field) {
        JsonElement value = get(field);
        return value == null || !value.isJsonPrimitive() || !value.getAsJsonPrimitive().isNumber() ? -1 : value.getAsLong();
    }

    boolean flag(String field) {
        JsonElement value = get(field);
        return value != null && value.isJsonPrimitive() && value.getAsBoolean();
    }

    Answer part(String field) {
        JsonElement value = get(field);
        return of(value == null ? new JsonObject() : value);
    }

    /** The rows of a list in a field. */
    List<Answer> rows(String field) {
        return part(field).rows();
    }

    /** The rows, when the answer is a list itself. */
    List<Answer> rows() {
        List<Answer> rows = new ArrayList<>();
        if (data instanceof JsonArray array) {
            array.forEach(row -> rows.add(of(row)));
        }
        return rows;
    }

    /** The texts of a list of texts in a field. */
    List<String> texts(String field) {
        List<String> texts = new ArrayList<>();
        if (get(field) instanceof JsonArray array) {
            array.forEach(text -> texts.add(text.getAsString()));
        }
        return texts;
    }

    private JsonElement get(String field) {
        return data instanceof JsonObject object ? object.get(field) : null;
    }
}
