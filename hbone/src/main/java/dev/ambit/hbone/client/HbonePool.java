package dev.ambit.hbone.client;

import dev.ambit.hbone.ConnectRequest;
import dev.ambit.hbone.HboneCounters;
import dev.ambit.hbone.HboneSettings;
import dev.ambit.identity.tls.TlsContexts;
import io.netty.channel.EventLoop;
import java.util.function.Predicate;
import javax.net.ssl.SSLSession;

/**
 * The HBONE connections of one event loop. A key's connections carry so many tunnels each; one more
 * opens another. One creator at a time per key, the rest wait for it. Methods are called on the
 * loop unless they say otherwise.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class HbonePool {
    public HbonePool(
            EventLoop loop, HboneSettings settings, HboneCounters counters, Connector connector) {
        throw new UnsupportedOperationException("not built yet");
    }

    /**
     * Opens a tunnel on a pooled or new connection; tries once more on a fresh one if a pooled one
     * dies before it took the stream.
     */
    public void open(
            PoolKey key, TlsContexts contexts, ConnectRequest request, OpenCallback callback) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Connections of this pool, under way ones included. Any thread, a glance. */
    public int connections() {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Tunnels of this pool. Any thread, a glance. */
    public int streams() {
        throw new UnsupportedOperationException("not built yet");
    }

    /** No new tunnels to this workload on existing connections; running ones finish. */
    public void evictUid(String workloadUid) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Breaks the connections whose session matches, for example revoked peers. */
    public void closeWhere(Predicate<SSLSession> match, String reason) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** No new tunnels; running ones finish, idle connections close now. */
    public void drain() {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Breaks everything now. */
    public void close() {
        throw new UnsupportedOperationException("not built yet");
    }
}
