package dev.ambit.ztunnel.state;

import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.workload.MeshAddress;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.Workload;
import dev.ambit.policy.state.MeshState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * On demand, forgets records none of whose names is wanted any more; the control plane does not
 * tell of them either. Workloads of this node stay, they come unasked. On the control loop.
 */
public final class IdleAddresses {

    private final AddressDemand demand;
    private final MeshState mesh;
    private final Predicate<Workload> isLocal;

    public IdleAddresses(AddressDemand demand, MeshState mesh, Predicate<Workload> isLocal) {
        this.demand = demand;
        this.mesh = mesh;
        this.isLocal = isLocal;
    }

    /** One round; the records forgotten, by their resource names. */
    public List<String> sweep(long nowNanos) {
        if (demand.giveUpIdle(nowNanos).isEmpty()) {
            return List.of();
        }
        List<String> gone = new ArrayList<>();
        unwanted(mesh.services(), gone);
        unwanted(mesh.workloads(), gone);
        if (!gone.isEmpty()) {
            mesh.applyAddresses(List.of(), gone);
        }
        return gone;
    }

    private void unwanted(Collection<? extends MeshAddress> records, List<String> gone) {
        for (MeshAddress address : records) {
            boolean stays = address instanceof Workload workload && isLocal.test(workload);
            if (!stays && names(address).stream().noneMatch(demand::wants)) {
                gone.add(address.resourceName());
            }
        }
    }

    /** A workload is wanted as an endpoint too, by any name of its service. */
    private Set<String> names(MeshAddress address) {
        Set<String> names = new LinkedHashSet<>(AddressNames.of(address));
        if (address instanceof Workload workload) {
            for (NamespacedHostname key : workload.services().keySet()) {
                names.add(key.toString());
                names.add(AddressNames.anyNamespace(key.hostname()));
                MeshService service = mesh.service(key);
                if (service != null) {
                    for (NetworkAddress vip : service.vips()) {
                        names.add(vip.toString());
                    }
                }
            }
        }
        return names;
    }
}
