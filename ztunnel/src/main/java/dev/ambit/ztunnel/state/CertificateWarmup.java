package dev.ambit.ztunnel.state;

import dev.ambit.api.workload.TunnelProtocol;
import dev.ambit.api.workload.Workload;
import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.rotation.CertificateRotation;
import dev.ambit.identity.rotation.Priority;
import dev.ambit.policy.state.MeshState;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Fetches the certificates of this node's workloads before anybody needs them, and forgets one when
 * the last workload of its identity is gone. Called on the state's writer only.
 */
public final class CertificateWarmup implements MeshState.Listener {

    private final CertificateRotation certificates;
    private final Predicate<Workload> ours;
    private final Map<SpiffeId, Set<String>> users = new HashMap<>();
    private final Map<String, SpiffeId> identities = new HashMap<>();

    /**
     * @param ours which workloads this process stands for
     */
    public CertificateWarmup(CertificateRotation certificates, Predicate<Workload> ours) {
        this.certificates = certificates;
        this.ours = ours;
    }

    @Override
    public void workloadsChanged(Collection<Workload> updated, Collection<Workload> removed) {
        Set<SpiffeId> perhapsUnused = new HashSet<>();
        for (Workload gone : removed) {
            leave(gone.uid(), perhapsUnused);
        }
        for (Workload workload : updated) {
            leave(workload.uid(), perhapsUnused);
            boolean tunnels =
                    workload.tunnelProtocol() == TunnelProtocol.HBONE || workload.nativeTunnel();
            if (tunnels && ours.test(workload)) {
                identities.put(workload.uid(), workload.identity());
                boolean first =
                        users.computeIfAbsent(workload.identity(), id -> new HashSet<>())
                                .add(workload.uid());
                if (first) {
                    certificates.watch(workload.identity(), Priority.WARMUP);
                }
            }
        }
        for (SpiffeId id : perhapsUnused) {
            Set<String> left = users.get(id);
            if (left != null && left.isEmpty()) {
                users.remove(id);
                certificates.forget(id);
            }
        }
    }

    private void leave(String uid, Set<SpiffeId> perhapsUnused) {
        SpiffeId id = identities.remove(uid);
        if (id != null) {
            Set<String> left = users.get(id);
            if (left != null) {
                left.remove(uid);
            }
            perhapsUnused.add(id);
        }
    }
}
