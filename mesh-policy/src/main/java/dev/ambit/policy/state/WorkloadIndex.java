package dev.ambit.policy.state;

import dev.ambit.api.IpAddress;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.workload.NetworkMode;
import dev.ambit.api.workload.TunnelProtocol;
import dev.ambit.api.workload.Workload;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Workloads by uid, by address, and those of this node by name. Written by {@link MeshState}. */
final class WorkloadIndex {

    private record LocalName(String name, String namespace, String serviceAccount) {
        // By hand: C1 calls what a record brings by method handle, five times as slow, and this is
        // a key.
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof LocalName o
                    && name.equals(o.name)
                    && namespace.equals(o.namespace)
                    && serviceAccount.equals(o.serviceAccount);
        }

        @Override
        public int hashCode() {
            return 31 * name.hashCode() + namespace.hashCode();
        }
    }

    private final String localNode;
    private final ConcurrentHashMap<String, Workload> byUid = new ConcurrentHashMap<>();

    /** Best first; almost always one. */
    private final ConcurrentHashMap<NetworkAddress, List<Workload>> byAddress =
            new ConcurrentHashMap<>();

    private final ConcurrentHashMap<LocalName, Workload> local = new ConcurrentHashMap<>();

    WorkloadIndex(String localNode) {
        this.localNode = localNode;
    }

    @Nullable Workload byUid(String uid) {
        return byUid.get(uid);
    }

    @Nullable Workload byAddress(NetworkAddress address) {
        List<Workload> candidates = byAddress.get(address);
        return candidates == null ? null : candidates.getFirst();
    }

    @Nullable Workload local(String name, String namespace, String serviceAccount) {
        return local.get(new LocalName(name, namespace, serviceAccount));
    }

    Collection<Workload> all() {
        return Collections.unmodifiableCollection(byUid.values());
    }

    /** The workload it replaces, if any. */
    @Nullable Workload put(Workload workload) {
        Workload old = byUid.put(workload.uid(), workload);
        for (NetworkAddress address : addresses(workload)) {
            index(address, old, workload);
        }
        if (old != null) {
            List<NetworkAddress> kept = addresses(workload);
            for (NetworkAddress address : addresses(old)) {
                if (!kept.contains(address)) {
                    index(address, old, null);
                }
            }
        }
        boolean isLocal = isLocal(workload);
        if (isLocal) {
            local.put(localName(workload), workload);
        }
        if (old != null && !(isLocal && localName(old).equals(localName(workload)))) {
            local.remove(localName(old), old);
        }
        return old;
    }

    boolean isLocal(Workload workload) {
        return localNode.isEmpty() || workload.node().equals(localNode);
    }

    @Nullable Workload remove(String uid) {
        Workload old = byUid.remove(uid);
        if (old != null) {
            addresses(old).forEach(address -> index(address, old, null));
            local.remove(localName(old), old);
        }
        return old;
    }

    private static LocalName localName(Workload workload) {
        return new LocalName(workload.name(), workload.namespace(), workload.serviceAccount());
    }

    private static List<NetworkAddress> addresses(Workload workload) {
        // A node's address would stand for everything on the node.
        if (workload.networkMode() == NetworkMode.HOST_NETWORK) {
            return List.of();
        }
        List<NetworkAddress> addresses = new ArrayList<>(workload.addresses().size());
        for (IpAddress address : workload.addresses()) {
            addresses.add(new NetworkAddress(workload.network(), address));
        }
        return addresses;
    }

    /** Takes one out and puts one in, in a single step for readers. */
    private void index(NetworkAddress address, @Nullable Workload out, @Nullable Workload in) {
        byAddress.compute(
                address,
                (key, before) -> {
                    List<Workload> after = new ArrayList<>(1);
                    for (Workload workload : before == null ? List.<Workload>of() : before) {
                        if (out == null || !workload.uid().equals(out.uid())) {
                            after.add(workload);
                        }
                    }
                    if (in != null) {
                        after.add(place(after, in), in);
                    }
                    return after.isEmpty() ? null : List.copyOf(after);
                });
    }

    /** Before the first that is no better: of two alike, the address now belongs to the newer. */
    private static int place(List<Workload> ranked, Workload workload) {
        int at = 0;
        while (at < ranked.size() && rank(ranked.get(at)) > rank(workload)) {
            at++;
        }
        return at;
    }

    private static int rank(Workload workload) {
        return (workload.isPod() ? 2 : 0)
                + (workload.tunnelProtocol() == TunnelProtocol.HBONE ? 1 : 0);
    }
}
