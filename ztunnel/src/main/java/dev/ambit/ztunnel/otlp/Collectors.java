package dev.ambit.ztunnel.otlp;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.logs.LogRecordProcessor;
import io.opentelemetry.sdk.logs.ReadWriteLogRecord;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.List;

/** Take what the SDK makes into a list; the SDK's own batches would be a second queue. */
final class Collectors {

    private Collectors() {}

    /** Spans that have ended. */
    record Spans(List<SpanData> into) implements SpanProcessor {
        @Override
        public void onStart(Context parent, ReadWriteSpan span) {
            // Its end tells all.
        }

        @Override
        public boolean isStartRequired() {
            return false;
        }

        @Override
        public void onEnd(ReadableSpan span) {
            into.add(span.toSpanData());
        }

        @Override
        public boolean isEndRequired() {
            return true;
        }
    }

    /** Log records. */
    record Logs(List<LogRecordData> into) implements LogRecordProcessor {
        @Override
        public void onEmit(Context context, ReadWriteLogRecord record) {
            into.add(record.toLogRecordData());
        }
    }
}
