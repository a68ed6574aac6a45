package io.jvmmedic.cli;

/** Why a verb could not be carried out: one clear sentence that says what to do, and the code to exit with. */
public final class Failure extends Exception {

    private static final long serialVersionUID = 1;

    private final ExitCode code;

    public Failure(ExitCode code, String sentence) {
        super(sentence);
        this.code = code;
    }

    public Failure(ExitCode code, String sentence, Throwable cause) {
        super(sentence, cause);
        this.code = code;
    }

    public ExitCode code() {
        return code;
    }
}
