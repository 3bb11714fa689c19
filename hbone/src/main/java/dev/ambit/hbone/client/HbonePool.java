package dev.ambit.hbone.client;

import dev.ambit.hbone.ConnectRequest;
import dev.ambit.hbone.HboneCounters;
import dev.ambit.hbone.HboneSettings;
import dev.ambit.hbone.HboneStream;
import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.tls.TlsContexts;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import javax.net.ssl.SSLSession;

/**
 * The HBONE connections of one event loop. A key's connections carry so many tunnels each; one more
 * opens another. One creator at a time per key, the rest wait for it. Methods are called on the
 * loop unless they say otherwise.
 */
public final class HbonePool {
    private final EventLoop loop;
    private final HboneSettings settings;
    private final HboneCounters counters;
    private final Connector connector;
    private final Map<PoolKey, KeyPool> keys = new HashMap<>();
    private boolean draining;

    // Written on the loop, read by whoever glances.
    private volatile int connections;

    public HbonePool(
            EventLoop loop, HboneSettings settings, HboneCounters counters, Connector connector) {
        this.loop = loop;
        this.settings = settings;
        this.counters = counters;
        this.connector = connector;
    }

    /**
     * Opens a tunnel on a pooled or new connection; tries once more on a fresh one if a pooled one
     * dies before it took the stream.
     */
    public PendingTunnel open(
            PoolKey key, TlsContexts contexts, ConnectRequest request, OpenCallback callback) {
        assert loop.inEventLoop();
        if (draining) {
            callback.failed(new OpenFailure.Draining());
            return () -> {};
        }
        return keys.computeIfAbsent(key, k -> new KeyPool(this, k, contexts))
                .open(request, callback);
    }

    /**
     * Opens a tunnel inside a tunnel of this pool (double HBONE), which belongs to it from here.
     *
     * @param expected who may be at its far end
     */
    public PendingTunnel openWithin(
            HboneStream outer,
            TlsContexts contexts,
            List<SpiffeId> expected,
            ConnectRequest request,
            OpenCallback callback) {
        return InnerTunnel.open(
                new InnerTunnel.Parts(settings, counters, contexts, expected),
                outer,
                request,
                callback);
    }

    boolean draining() {
        return draining;
    }

    EventLoop loop() {
        return loop;
    }

    HboneSettings settings() {
        return settings;
    }

    HboneCounters counters() {
        return counters;
    }

    Connector connector() {
        return connector;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // Only the loop writes.
    void counted(int difference) {
        connections += difference;
    }

    /** Nothing is left under the key. */
    void forget(PoolKey key) {
        keys.remove(key);
    }

    /** Connections of this pool, under way ones included. Any thread, a glance. */
    public int connections() {
        return connections;
    }

    /** Tunnels of this pool. */
    public int streams() {
        assert loop.inEventLoop();
        int streams = 0;
        for (KeyPool key : keys.values()) {
            streams += key.streams();
        }
        return streams;
    }

    /**
     * No new tunnels to this workload on existing connections; running ones finish, and whoever
     * waits for a connection to it hears {@link OpenFailure.Draining}.
     */
    public void evictUid(String workloadUid) {
        for (KeyPool key : all()) {
            if (key.key().workloadUid().equals(workloadUid)) {
                key.evict();
            }
        }
    }

    /** Breaks the connections whose session matches, for example revoked peers. */
    public void closeWhere(Predicate<SSLSession> match, String reason) {
        for (KeyPool key : all()) {
            key.closeWhere(match, reason);
        }
    }

    /** No new tunnels; running ones finish, idle connections close now. */
    public void drain() {
        draining = true;
        for (KeyPool key : all()) {
            key.drain();
        }
    }

    /** Breaks everything now. */
    public void close() {
        draining = true;
        for (KeyPool key : all()) {
            key.close();
        }
    }

    /** A copy: keys disappear when their last connection does. */
    private List<KeyPool> all() {
        assert loop.inEventLoop();
        return new ArrayList<>(keys.values());
    }
}
