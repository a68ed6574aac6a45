package io.jvmmedic.cli.attach;

/**
 * A running JVM.
 *
 * @param command main class or jar, then its arguments; empty when unknown
 */
public record Jvm(long pid, String command) {

    /** Main class or jar without path and arguments; {@code unknown} when the JVM does not tell. */
    public String main() {
        int jar = (command + " ").indexOf(".jar ");
        String path = jar >= 0 ? command.substring(0, jar + ".jar".length()) : command.strip().split("\\s", 2)[0];
        String name = path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
        return name.isEmpty() ? "unknown" : name;
    }

    @Override
    public String toString() {
        return command.isEmpty() ? "process " + pid : "process " + pid + " (" + main() + ")";
    }
}
