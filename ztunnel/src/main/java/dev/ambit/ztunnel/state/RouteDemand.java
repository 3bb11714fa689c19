package dev.ambit.ztunnel.state;

import dev.ambit.api.IpAddress;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.WaypointRef;
import dev.ambit.api.workload.Workload;
import dev.ambit.policy.state.Endpoint;
import dev.ambit.policy.state.MeshView;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * On demand, what a connection's route needs: its destination, then the waypoint and the gateways
 * the destination names. Does nothing where everything is subscribed. Thread-safe.
 */
public final class RouteDemand {

    private final AddressDemand demand;
    private final MeshView mesh;

    public RouteDemand(AddressDemand demand, MeshView mesh) {
        this.demand = demand;
        this.mesh = mesh;
    }

    /** Runs when all has been heard that is to be heard, bounded; on the loop. */
    public void prepare(
            EventLoop loop, Workload source, String network, IpAddress target, Runnable then) {
        if (demand.isEverything()) {
            then.run();
            return;
        }
        NetworkAddress address = new NetworkAddress(network, target);
        demand.whenHeard(
                loop,
                List.of(address.toString()),
                () -> demand.whenHeard(loop, further(address, source), then));
    }

    private List<String> further(NetworkAddress address, Workload source) {
        List<String> names = new ArrayList<>();
        Workload workload = mesh.workload(address);
        if (workload != null) {
            add(workload.waypoint(), names);
            add(workload.networkGateway(), names);
            return names;
        }
        MeshService service = mesh.service(address, source.namespace());
        if (service == null) {
            return names;
        }
        // Its endpoints belong to the answer, and stay for as long as it is wanted by name.
        names.add(service.resourceName());
        add(service.waypoint(), names);
        service.weightedWaypoints().forEach(weighted -> add(weighted.waypoint(), names));
        for (Endpoint endpoint : mesh.endpoints(service.key())) {
            if (!endpoint.workload().network().equals(source.network())) {
                add(endpoint.workload().networkGateway(), names);
            }
        }
        return names;
    }

    private static void add(@Nullable WaypointRef ref, List<String> names) {
        if (ref != null) {
            names.add(AddressNames.of(ref));
        }
    }
}
