package dev.ambit.policy.state;

import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.workload.CidrVip;
import dev.ambit.api.workload.MeshService;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Services by name, host name and address. Written by {@link MeshState}. */
final class ServiceIndex {

    private record BlockEntry(CidrVip vip, MeshService service) {}

    private final ConcurrentHashMap<NamespacedHostname, MeshService> byName =
            new ConcurrentHashMap<>();

    /** At most one of each namespace. */
    private final ConcurrentHashMap<String, List<MeshService>> byHostname =
            new ConcurrentHashMap<>();

    private final ConcurrentHashMap<NetworkAddress, List<MeshService>> byVip =
            new ConcurrentHashMap<>();

    /** Few: services of address blocks are written by hand. Read by every thread. */
    private volatile List<BlockEntry> blocks = List.of();

    @Nullable MeshService byName(NamespacedHostname name) {
        return byName.get(name);
    }

    @Nullable MeshService byHostname(String hostname, String clientNamespace) {
        return best(byHostname.get(hostname), clientNamespace);
    }

    List<MeshService> byHostname(String hostname) {
        return byHostname.getOrDefault(hostname, List.of());
    }

    @Nullable MeshService byVip(NetworkAddress address, String clientNamespace) {
        MeshService exact = best(byVip.get(address), clientNamespace);
        return exact == null ? byBlock(address, clientNamespace) : exact;
    }

    Collection<MeshService> all() {
        return Collections.unmodifiableCollection(byName.values());
    }

    private static @Nullable MeshService best(
            @Nullable List<MeshService> candidates, String clientNamespace) {
        if (candidates == null) {
            return null;
        }
        MeshService best = null;
        for (MeshService service : candidates) {
            if (!service.visibleTo(clientNamespace)) {
                continue;
            }
            if (service.namespace().equals(clientNamespace)) {
                return service;
            }
            if (best == null || (service.canonical() && !best.canonical())) {
                best = service;
            }
        }
        return best;
    }

    /** Own namespace, then longest prefix, then canonical: a short block of one's own wins. */
    private @Nullable MeshService byBlock(NetworkAddress address, String clientNamespace) {
        MeshService best = null;
        int bestRank = -1;
        for (BlockEntry entry : blocks) {
            MeshService service = entry.service();
            CidrVip vip = entry.vip();
            if (!vip.network().equals(address.network())
                    || !vip.block().contains(address.address())
                    || !service.visibleTo(clientNamespace)) {
                continue;
            }
            int rank =
                    (service.namespace().equals(clientNamespace) ? 1024 : 0)
                            + vip.block().length() * 2
                            + (service.canonical() ? 1 : 0);
            if (rank > bestRank) {
                best = service;
                bestRank = rank;
            }
        }
        return best;
    }

    void put(MeshService service) {
        MeshService old = byName.put(service.key(), service);
        byHostname.compute(service.hostname(), (k, before) -> replaced(before, old, service));
        for (NetworkAddress vip : service.vips()) {
            byVip.compute(vip, (k, before) -> replaced(before, old, service));
        }
        if (old != null) {
            for (NetworkAddress vip : old.vips()) {
                if (!service.vips().contains(vip)) {
                    byVip.compute(vip, (k, before) -> replaced(before, old, null));
                }
            }
        }
        replaceBlocks(old, service);
    }

    @Nullable MeshService remove(NamespacedHostname name) {
        MeshService old = byName.remove(name);
        if (old != null) {
            byHostname.compute(old.hostname(), (k, before) -> replaced(before, old, null));
            for (NetworkAddress vip : old.vips()) {
                byVip.compute(vip, (k, before) -> replaced(before, old, null));
            }
            replaceBlocks(old, null);
        }
        return old;
    }

    private void replaceBlocks(@Nullable MeshService out, @Nullable MeshService in) {
        boolean hadSome = out != null && !out.cidrVips().isEmpty();
        boolean hasSome = in != null && !in.cidrVips().isEmpty();
        if (!hadSome && !hasSome) {
            return;
        }
        List<BlockEntry> after = new ArrayList<>();
        for (BlockEntry entry : blocks) {
            if (out == null || !entry.service().key().equals(out.key())) {
                after.add(entry);
            }
        }
        if (in != null) {
            in.cidrVips().forEach(vip -> after.add(new BlockEntry(vip, in)));
        }
        blocks = List.copyOf(after);
    }

    /** Keeps the place of the one replaced: who came first stays first. */
    private static @Nullable List<MeshService> replaced(
            @Nullable List<MeshService> before,
            @Nullable MeshService out,
            @Nullable MeshService in) {
        List<MeshService> after = new ArrayList<>(1);
        boolean placed = in == null;
        for (MeshService service : before == null ? List.<MeshService>of() : before) {
            if (out == null || !service.key().equals(out.key())) {
                after.add(service);
            } else if (in != null) {
                after.add(in);
                placed = true;
            }
        }
        if (!placed && in != null) {
            after.add(in);
        }
        return after.isEmpty() ? null : List.copyOf(after);
    }
}
