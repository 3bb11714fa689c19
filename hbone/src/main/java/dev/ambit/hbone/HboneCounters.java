package dev.ambit.hbone;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * What happened on all HBONE connections of a process; read by its metrics. Written by every loop,
 * read by any thread.
 */
public final class HboneCounters {
    private final Map<Limit, LongAdder> limits = new EnumMap<>(Limit.class);
    private final LongAdder connectionsOpened = new LongAdder();
    private final LongAdder connectionsClosed = new LongAdder();
    private final LongAdder protocolErrors = new LongAdder();

    /** All zero. */
    public HboneCounters() {
        for (Limit limit : Limit.values()) {
            limits.put(limit, new LongAdder());
        }
    }

    /** A peer reached a limit. */
    public void hit(Limit limit) {
        adder(limit).increment();
    }

    /** How often a limit was reached. */
    public long hits(Limit limit) {
        return adder(limit).sum();
    }

    /** A connection is ready for tunnels. */
    public void connectionOpened() {
        connectionsOpened.increment();
    }

    /** A connection that was ready is gone. */
    public void connectionClosed() {
        connectionsClosed.increment();
    }

    /** A peer broke the protocol. */
    public void protocolError() {
        protocolErrors.increment();
    }

    /** Connections opened so far. */
    public long opened() {
        return connectionsOpened.sum();
    }

    /** Connections closed so far. */
    public long closed() {
        return connectionsClosed.sum();
    }

    /** Connections closed because the peer broke the protocol. */
    public long protocolErrors() {
        return protocolErrors.sum();
    }

    private LongAdder adder(Limit limit) {
        LongAdder adder = limits.get(limit);
        if (adder == null) {
            throw new IllegalStateException("limit: " + limit + " (expected: one of the enum)");
        }
        return adder;
    }
}
