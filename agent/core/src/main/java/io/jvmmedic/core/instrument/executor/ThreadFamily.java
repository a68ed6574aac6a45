package io.jvmmedic.core.instrument.executor;

import java.util.regex.Pattern;

/** An executor has no name, its threads do: {@code async-7} tells of {@code async}, {@code pool-3-thread-1} of {@code pool-3}. */
final class ThreadFamily {

    private static final Pattern NUMBER = Pattern.compile("[-_#: .]*\\d+$");
    private static final Pattern WORD = Pattern.compile("[-_](thread|worker)$");

    private ThreadFamily() {
    }

    /** The common part of the names; the whole name if nothing would be left. */
    static String of(String threadName) {
        String family = WORD.matcher(NUMBER.matcher(threadName).replaceFirst("")).replaceFirst("");
        return family.isBlank() ? threadName : family;
    }
}
