package dev.ambit.ztunnel.telemetry;

import java.time.Instant;
import java.util.List;

/** Where finished connections are told of beside the log. Called on every loop; never blocks. */
public interface ConnectionSink {

    /**
     * A connection at its end.
     *
     * @param start when it was accepted
     * @param end when it was over
     * @param reporter which side this is
     * @param trace its place in a trace
     * @param log whether its log line is wanted
     * @param message of the log line
     * @param failed whether it ended other than by its two ends
     * @param fields of the log line: key and value by turns
     */
    record Report(
            Instant start,
            Instant end,
            Reporter reporter,
            TraceContext trace,
            boolean log,
            String message,
            boolean failed,
            List<Object> fields) {}

    /** Takes it or, if there is no room, counts it as lost. */
    void ended(Report report);
}
