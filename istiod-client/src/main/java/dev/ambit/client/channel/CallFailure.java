package dev.ambit.client.channel;

import dev.ambit.identity.Quoted;
import io.grpc.Status;
import java.io.Serial;

/** Why a call failed, in one line an operator can act on: gRPC's own hides the cause. */
public final class CallFailure extends Exception {

    @Serial private static final long serialVersionUID = 1L;

    /** A cause of a cause of a cause is enough. */
    private static final int MAX_CAUSES = 4;

    public CallFailure(Status status) {
        super(describe(status), status.getCause());
    }

    /** The code, the first line of the description, and the messages of the causes. */
    public static String describe(Status status) {
        StringBuilder text = new StringBuilder(status.getCode().name());
        append(text, status.getDescription());
        Throwable cause = status.getCause();
        for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
            append(text, cause.getMessage() == null ? cause.toString() : cause.getMessage());
            cause = cause.getCause();
        }
        return text.toString();
    }

    private static void append(StringBuilder text, @org.jspecify.annotations.Nullable String more) {
        if (more == null || more.isBlank()) {
            return;
        }
        // The lines after the first list the handlers of gRPC's pipeline.
        String line = more.lines().findFirst().orElse("");
        if (text.indexOf(line) < 0) {
            String quoted = Quoted.of(line);
            text.append(": ").append(quoted, 1, quoted.length() - 1);
        }
    }
}
