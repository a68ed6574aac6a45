package io.jvmmedic.core.control;

/** A request that is not carried out. The message is one sentence for the user that says what to do instead. */
public final class Refusal extends Exception {

    private static final long serialVersionUID = 1;

    /** Exit codes of the command line, which passes them on. */
    private static final int USAGE = 2;
    private static final int REFUSED = 10;

    private final int code;

    private Refusal(int code, String sentence) {
        super(sentence);
        this.code = code;
    }

    /** The request names something that does not exist. */
    public static Refusal usage(String sentence) {
        return new Refusal(USAGE, sentence);
    }

    /** The request is clear, but the agent must not or cannot follow it. */
    public static Refusal refused(String sentence) {
        return new Refusal(REFUSED, sentence);
    }

    int code() {
        return code;
    }
}
