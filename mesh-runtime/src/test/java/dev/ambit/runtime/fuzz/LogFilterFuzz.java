package dev.ambit.runtime.fuzz;

import dev.ambit.runtime.log.LogFilter;
import java.nio.charset.StandardCharsets;

/**
 * {@code /logging?level=…} and {@code RUST_LOG}: taken or refused, and said again it is the same.
 */
public final class LogFilterFuzz {

    private LogFilterFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        LogFilter filter;
        try {
            filter = LogFilter.parse(text);
        } catch (IllegalArgumentException refused) {
            return;
        }
        if (!LogFilter.parse(filter.toString()).equals(filter)) {
            throw new IllegalStateException("read again it is another filter: " + filter);
        }
        var _ = filter.level(text);
    }
}
