package dev.ambit.ztunnel.egress;

import dev.ambit.api.IpAddress;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One pod's way out of the mesh where only what is registered may be reached: an address that is
 * neither a workload nor a service is refused, unless it lies in an allowed block or the pod's own
 * lookup has just been answered with it, for a name that is allowed or registered. What one pod
 * looked up opens nothing for another. Thread-safe.
 */
public final class EgressGuard {

    /** Lets everything pass and remembers nothing. */
    public static final EgressGuard OPEN = new EgressGuard("", EgressConfig.ALLOW_ANY, null);

    private static final int MAX_ADDRESSES = 4096;

    /** Applications keep what they looked up for a while, whatever its lifetime. */
    private static final long MIN_SECONDS = 60;

    private static final long MAX_SECONDS = 3600;

    private record Known(String hostname, long untilNanos) {}

    private final String namespace;
    private final EgressConfig config;
    private final @Nullable EgressMetrics metrics;
    private final boolean restricted;
    private final Map<IpAddress, Known> answered = new ConcurrentHashMap<>();

    private EgressGuard(String namespace, EgressConfig config, @Nullable EgressMetrics metrics) {
        this.namespace = namespace;
        this.config = config;
        this.metrics = metrics;
        this.restricted = config.restricts(namespace);
    }

    /** Of a pod of that namespace. */
    public static EgressGuard of(String namespace, EgressConfig config, EgressMetrics metrics) {
        return config.restricts(namespace) ? new EgressGuard(namespace, config, metrics) : OPEN;
    }

    /** Of a pod whose lookups are answered elsewhere: says what the configuration alone says. */
    public static EgressGuard unseen(String namespace, EgressConfig config) {
        return new EgressGuard(namespace, config, null);
    }

    /** Whether anything may be refused at all. */
    public boolean isRestricted() {
        return restricted;
    }

    /**
     * A lookup of the pod was answered.
     *
     * @param registered the mesh knows the name, though without an address of its own
     * @param ttlSeconds of the answer
     */
    public void answered(
            String hostname, boolean registered, Collection<IpAddress> addresses, long ttlSeconds) {
        if (!restricted || addresses.isEmpty() || !(registered || config.allows(hostname))) {
            return;
        }
        long now = System.nanoTime();
        long seconds = Math.clamp(ttlSeconds, MIN_SECONDS, MAX_SECONDS);
        Known known = new Known(hostname, now + TimeUnit.SECONDS.toNanos(seconds));
        for (IpAddress address : addresses) {
            if (answered.size() >= MAX_ADDRESSES && !answered.containsKey(address)) {
                makeRoom(now);
            }
            answered.put(address, known);
        }
    }

    private void makeRoom(long now) {
        answered.values().removeIf(known -> now - known.untilNanos() > 0);
        if (answered.size() >= MAX_ADDRESSES) {
            var first = answered.keySet().iterator();
            if (first.hasNext()) {
                answered.remove(first.next());
                if (metrics != null) {
                    metrics.forgotten();
                }
            }
        }
    }

    /** Why an address the mesh does not know is refused; null if it is not. Counts refusals. */
    public @Nullable String refusal(IpAddress target) {
        String why = verdict(target);
        if (why != null && metrics != null) {
            metrics.refused(namespace);
        }
        return why;
    }

    /** What {@link #refusal} would say, for those who only ask. */
    public @Nullable String verdict(IpAddress target) {
        if (!restricted || target.isLoopback() || config.allows(target)) {
            return null;
        }
        Known known = answered.get(target);
        if (known != null && System.nanoTime() - known.untilNanos() <= 0) {
            return null;
        }
        return "egress to "
                + target
                + " refused: not registered in the mesh and not the answer to a lookup of an"
                + " allowed name (REGISTRY_ONLY)";
    }
}
