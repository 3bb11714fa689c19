package dev.ambit.hbone;

import java.io.IOException;

/**
 * The connection under a tunnel died, or was closed by us. Made often under load, so without a
 * stack trace.
 */
public final class TunnelBroken extends IOException {
    private static final long serialVersionUID = 1L;

    public TunnelBroken(String message) {
        super(message);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
