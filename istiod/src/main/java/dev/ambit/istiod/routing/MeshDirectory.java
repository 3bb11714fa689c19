package dev.ambit.istiod.routing;

import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.waypoint.GatewayName;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.WaypointRef;
import dev.ambit.api.workload.WeightedWaypoint;
import dev.ambit.istiod.ambient.MeshInputs;
import dev.ambit.istiod.ambient.MeshSettings;
import dev.ambit.istiod.live.IndexTable;
import dev.ambit.istiod.live.Reads;
import dev.ambit.istiod.live.Table;
import dev.ambit.istiod.resource.ObjectName;
import dev.ambit.istiod.resource.Service;
import dev.ambit.istiod.resource.ServiceEntry;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What references of users' objects stand for. Every answer is a tracked read. */
final class MeshDirectory {

    static final String CORE = "";
    static final String GATEWAY_API = "gateway.networking.k8s.io";
    static final String ISTIO_NETWORKING = "networking.istio.io";

    /** Where answers come from. */
    record Sources(
            Table<NamespacedHostname, MeshService> services,
            IndexTable<WaypointRef, ObjectName> waypointsByRef,
            IndexTable<String, NamespacedHostname> servicesByHostname) {}

    private final MeshInputs inputs;
    private final MeshSettings settings;
    private final Sources sources;

    MeshDirectory(MeshInputs inputs, MeshSettings settings, Sources sources) {
        this.inputs = inputs;
        this.settings = settings;
        this.sources = sources;
    }

    /**
     * The services an object stands for: one for a Service, one for each host of a ServiceEntry,
     * none if it is not there.
     */
    List<MeshService> services(String group, String kind, ObjectName name, Reads reads) {
        List<NamespacedHostname> keys = new ArrayList<>();
        if (isService(group, kind)) {
            keys.add(key(name));
        } else if (isServiceEntry(group, kind)) {
            ServiceEntry entry = reads.get(inputs.serviceEntries, name);
            if (entry != null) {
                entry.hosts().forEach(h -> keys.add(new NamespacedHostname(name.namespace(), h)));
            }
        }
        List<MeshService> found = new ArrayList<>();
        for (NamespacedHostname key : keys) {
            MeshService service = reads.get(sources.services(), key);
            if (service != null) {
                found.add(service);
            }
        }
        return found;
    }

    static boolean isService(String group, String kind) {
        return group.equals(CORE) && kind.equals("Service");
    }

    static boolean isServiceEntry(String group, String kind) {
        return group.equals(ISTIO_NETWORKING) && kind.equals("ServiceEntry");
    }

    static boolean isHostname(String group, String kind) {
        return group.equals(ISTIO_NETWORKING) && kind.equals("Hostname");
    }

    /** The service of a host name: of this namespace, else the canonical one. */
    @Nullable MeshService byHostname(String hostname, String namespace, Reads reads) {
        MeshService best = null;
        for (NamespacedHostname key : reads.find(sources.servicesByHostname(), hostname)) {
            MeshService service = reads.get(sources.services(), key);
            if (service == null || !service.visibleTo(namespace)) {
                continue;
            }
            if (key.namespace().equals(namespace)) {
                return service;
            }
            if (best == null || (service.canonical() && !best.canonical())) {
                best = service;
            }
        }
        return best;
    }

    /** The waypoints a service's connections go to. */
    Set<GatewayName> waypoints(MeshService service, Reads reads) {
        Set<WaypointRef> refs = new LinkedHashSet<>();
        WaypointRef only = service.waypoint();
        if (only != null) {
            refs.add(only);
        }
        for (WeightedWaypoint weighted : service.weightedWaypoints()) {
            refs.add(weighted.waypoint());
        }
        Set<ObjectName> names = new TreeSet<>();
        refs.forEach(ref -> names.addAll(reads.find(sources.waypointsByRef(), ref)));
        Set<GatewayName> waypoints = new LinkedHashSet<>();
        names.forEach(name -> waypoints.add(gateway(name)));
        return waypoints;
    }

    /** The name of a service's port; empty if it has none. */
    String portName(MeshService service, int port, Reads reads) {
        ObjectName name = new ObjectName(service.namespace(), service.name());
        if (service.key().equals(key(name))) {
            Service object = reads.get(inputs.services, name);
            for (Service.Port p : object == null ? List.<Service.Port>of() : object.ports()) {
                if (p.port() == port) {
                    return p.name();
                }
            }
            return "";
        }
        ServiceEntry entry = reads.get(inputs.serviceEntries, name);
        for (ServiceEntry.Port p : entry == null ? List.<ServiceEntry.Port>of() : entry.ports()) {
            if (p.number() == port) {
                return p.name();
            }
        }
        return "";
    }

    private NamespacedHostname key(ObjectName service) {
        return new NamespacedHostname(
                service.namespace(), settings.hostname(service.name(), service.namespace()));
    }

    static GatewayName gateway(ObjectName name) {
        return new GatewayName(name.namespace(), name.name());
    }
}
