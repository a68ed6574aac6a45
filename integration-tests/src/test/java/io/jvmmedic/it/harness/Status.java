package io.jvmmedic.it.harness;

import java.util.HashMap;
import java.util.Map;

/** What a patient's {@code status} says of its load; {@code nanos} is the child's own clock. */
record Status(long done, long failed, long nanos) {

    static Status parse(String text) {
        Map<String, String> values = new HashMap<>();
        for (String pair : text.split(" ")) {
            int sign = pair.indexOf('=');
            values.put(pair.substring(0, sign), pair.substring(sign + 1));
        }
        return new Status(Long.parseLong(values.get("done")), Long.parseLong(values.get("failed")),
                Long.parseLong(values.get("nanos")));
    }
}
