package dev.ambit.ztunnel.telemetry;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's errors in the words people search for: {@code Connection refused (os error 111)},
 * whatever the transport made of them.
 */
final class IoErrors {

    private static final Pattern NATIVE = Pattern.compile("error\\(-(\\d+)\\): ([^:]+)");

    private IoErrors() {}

    /** What was short, in a word, when a socket could not be had. */
    static String shortage(Throwable cause) {
        String text = String.valueOf(cause.getMessage());
        if (text.contains("Too many open files")) {
            return "descriptors";
        }
        boolean memory =
                cause instanceof OutOfMemoryError
                        || text.contains("Cannot allocate memory")
                        || text.contains("No buffer space");
        return memory ? "memory" : "other";
    }

    static String text(@Nullable Throwable cause) {
        String message = cause == null ? null : cause.getMessage();
        if (message == null) {
            return cause == null ? "unknown" : cause.getClass().getSimpleName();
        }
        Matcher known = NATIVE.matcher(message);
        return known.find()
                ? known.group(2).strip() + " (os error " + known.group(1) + ")"
                : message;
    }
}
