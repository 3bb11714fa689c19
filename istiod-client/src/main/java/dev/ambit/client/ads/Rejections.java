package dev.ambit.client.ads;

import java.util.Map;

/** The text of a NACK: {@code name: reason; name: reason}. */
final class Rejections {

    /** Fits a gRPC message and a log line, whatever the number of resources. */
    private static final int MAX_CHARACTERS = 8 * 1024;

    private Rejections() {}

    static String message(Map<String, String> rejected) {
        StringBuilder text = new StringBuilder();
        int told = 0;
        for (Map.Entry<String, String> entry : rejected.entrySet()) {
            if (text.length() > MAX_CHARACTERS) {
                return text.append("; and %d more".formatted(rejected.size() - told)).toString();
            }
            text.append(told == 0 ? "" : "; ")
                    .append(entry.getKey())
                    .append(": ")
                    .append(entry.getValue());
            told++;
        }
        return text.toString();
    }
}
