package dev.ambit.hbone.client;

import dev.ambit.hbone.ConnectRequest;
import dev.ambit.hbone.HboneCounters;
import dev.ambit.hbone.HboneSettings;
import dev.ambit.hbone.HboneStream;
import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.tls.TlsContexts;
import java.util.List;

/**
 * A tunnel inside a tunnel (double HBONE): TLS and HTTP/2 of their own through a network gateway
 * that sees neither. One tunnel a connection, not pooled.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class InnerTunnel {
    private InnerTunnel() {}

    /**
     * Opens the inner tunnel; owns the outer stream from here. On the outer stream's loop. An empty
     * list expects nobody and fails.
     */
    public static void open(
            Parts parts, HboneStream outer, ConnectRequest request, OpenCallback callback) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Who we are and whom we expect at the far end. */
    public record Parts(
            HboneSettings settings,
            HboneCounters counters,
            TlsContexts contexts,
            List<SpiffeId> expected) {}
}
