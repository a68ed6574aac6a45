package io.jvmmedic.cli;

/** What the process ends with; documented in {@code --help} and {@code docs/cli.md}, so never renumbered. */
public enum ExitCode {
    OK(0, "ok"),
    INTERNAL_ERROR(1, "internal error"),
    USAGE(2, "usage"),
    NO_PROCESS(3, "no such process"),
    NOT_PERMITTED(4, "not permitted"),
    NOT_A_JVM(5, "not a HotSpot JVM"),
    NO_AGENT(6, "no agent in it"),
    LOADING_DISABLED(7, "attach or agent loading disabled"),
    UNREADABLE(8, "file unreadable"),
    NO_ANSWER(9, "no answer in time"),
    REFUSED(10, "agent refused");

    private final int number;
    private final String meaning;

    ExitCode(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    public int number() {
        return number;
    }

    public String meaning() {
        return meaning;
    }

    /** The code an agent answered with; an unknown one is an internal error. */
    public static ExitCode of(int number) {
        for (ExitCode code : values()) {
            if (code.number == number) {
                return code;
            }
        }
        return INTERNAL_ERROR;
    }
}
