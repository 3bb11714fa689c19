package dev.ambit.hbone.server;

import dev.ambit.hbone.Limit;
import dev.ambit.hbone.Limits;
import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Counts the handshakes under way, so that peers who never finish theirs cannot fill memory. Any
 * loop.
 */
final class HalfOpen {
    private final int most;
    private final int mostPerSource;
    private final AtomicInteger all = new AtomicInteger();
    private final ConcurrentHashMap<InetAddress, Integer> sources = new ConcurrentHashMap<>();

    HalfOpen(Limits limits) {
        this.most = limits.halfOpen();
        this.mostPerSource = limits.halfOpenPerSource();
    }

    /** Counts one in; or names the limit it would pass, and does not. */
    @Nullable Limit enter(InetAddress source) {
        if (all.incrementAndGet() > most) {
            all.decrementAndGet();
            return Limit.HALF_OPEN;
        }
        if (sources.merge(source, 1, Integer::sum) > mostPerSource) {
            leave(source);
            return Limit.HALF_OPEN_PER_SOURCE;
        }
        return null;
    }

    void leave(InetAddress source) {
        all.decrementAndGet();
        sources.computeIfPresent(source, (address, count) -> count == 1 ? null : count - 1);
    }
}
