package io.jvmmedic.cli.text;

/** The few styles there are. */
public enum Style {
    PLAIN(""), BOLD("1"), DIM("2"), GOOD("32"), BAD("31"), UNSURE("33");

    private final String code;

    Style(String code) {
        this.code = code;
    }

    String paint(String text) {
        return code.isEmpty() || text.isEmpty() ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
    }

    /** The style of an outcome, a verdict or a state; plain for what is none of the known ones. */
    public static Style of(String word) {
        return switch (word) {
            case "HEALED", "ALLOWED", "GIVEN_BACK", "RIGHT", "APPLIED", "READY" -> GOOD;
            case "FAILED", "STUCK", "GIVEN_UP", "INEFFECTIVE", "WRONG", "NOT APPLIED" -> BAD;
            case "REFUSED", "SHADOWED", "RETRACTED", "KEPT", "UNKNOWN", "NA", "DISABLED" -> UNSURE;
            default -> PLAIN;
        };
    }
}
