package io.jvmmedic.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import io.jvmmedic.cli.text.Terminal;
import picocli.CommandLine.Option;

/** How a verb prints. */
final class OutputOptions {

    static final Gson GSON = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    @Option(names = "--json", description = "Print JSON, errors included.")
    private boolean json;

    boolean json() {
        return json;
    }

    static void print(Terminal terminal, JsonElement data) {
        terminal.line(GSON.toJson(data));
    }
}
