package dev.ambit.waypoint.failure;

import org.jspecify.annotations.Nullable;

/**
 * Why a request did not get the destination's own answer. A value, never thrown: phases return it
 * and {@link ErrorResponses} turns it into an answer.
 *
 * @param kind what happened; carries status, source, flag and retry condition
 * @param detail the cause for the log, never sent to a client
 */
public record ProxyError(FailureKind kind, String detail) {

    public ProxyError {
        detail = detail.isEmpty() ? kind.detail() : detail;
    }

    public static ProxyError of(FailureKind kind) {
        return new ProxyError(kind, kind.detail());
    }

    public static ProxyError of(FailureKind kind, @Nullable Throwable cause) {
        if (cause == null) {
            return of(kind);
        }
        String message = cause.getMessage();
        return new ProxyError(
                kind,
                kind.detail()
                        + "{"
                        + (message == null ? cause.getClass().getName() : message)
                        + "}");
    }
}
