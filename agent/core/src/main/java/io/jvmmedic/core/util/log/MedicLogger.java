package io.jvmmedic.core.util.log;

import org.slf4j.Logger;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** One sentence a line; the logger's name is not printed, because the sentence begins with the resource. */
final class MedicLogger extends LegacyAbstractLogger {

    private static final long serialVersionUID = 1L;

    private MedicLogger(String name) {
        this.name = name;
    }

    static Logger named(String name) {
        return new MedicLogger(name);
    }

    @Override
    protected String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level, Marker marker, String pattern, Object[] arguments, Throwable error) {
        LogOutput.write(level, name + pattern + (arguments != null && arguments.length > 0 ? arguments[0] : ""),
                MessageFormatter.basicArrayFormat(pattern, arguments), error);
    }

    @Override
    public boolean isTraceEnabled() {
        return LogOutput.isEnabled(Level.TRACE);
    }

    @Override
    public boolean isDebugEnabled() {
        return LogOutput.isEnabled(Level.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
        return LogOutput.isEnabled(Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
        return LogOutput.isEnabled(Level.WARN);
    }

    @Override
    public boolean isErrorEnabled() {
        return LogOutput.isEnabled(Level.ERROR);
    }
}
