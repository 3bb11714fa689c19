package dev.ambit.istiod.ambient;

import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.workload.AppProtocol;
import dev.ambit.api.workload.Port;
import dev.ambit.istiod.ambient.ServiceBackend.BackendPort;
import dev.ambit.istiod.live.IndexTable;
import dev.ambit.istiod.live.Reads;
import dev.ambit.istiod.live.Table;
import dev.ambit.istiod.resource.EndpointSlice;
import dev.ambit.istiod.resource.ObjectName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Which services something is an endpoint of, and on which ports. */
final class ServiceMembership {

    /** The tables it looks into. */
    record Sources(
            Table<ObjectName, ServiceBackend> services,
            Table<ObjectName, ServiceBackend> entries,
            IndexTable<SelectorCell, ObjectName> servicesBySelector,
            IndexTable<SelectorCell, ObjectName> entriesBySelector,
            Table<ObjectName, EndpointSlice> slices,
            IndexTable<ObjectName, ObjectName> slicesByPod) {}

    /** The port of an endpoint for a port of a service; null if it has none. */
    @FunctionalInterface
    interface PortFinder extends Function<BackendPort, @Nullable Integer> {}

    private final Sources sources;

    ServiceMembership(Sources sources) {
        this.sources = sources;
    }

    /** By labels. */
    Map<NamespacedHostname, List<Port>> selecting(
            String namespace, Map<String, String> labels, PortFinder finder, Reads reads) {
        Map<NamespacedHostname, List<Port>> found = newMap();
        for (SelectorCell cell : SelectorCell.candidates(namespace, labels)) {
            for (ObjectName name : reads.find(sources.servicesBySelector(), cell)) {
                add(found, reads.get(sources.services(), name), labels, finder);
            }
            for (ObjectName name : reads.find(sources.entriesBySelector(), cell)) {
                add(found, reads.get(sources.entries(), name), labels, finder);
            }
        }
        return found;
    }

    private static void add(
            Map<NamespacedHostname, List<Port>> found,
            @Nullable ServiceBackend backend,
            Map<String, String> labels,
            PortFinder finder) {
        if (backend != null
                && backend.selector() != null
                && SelectorCell.selects(backend.selector(), labels)) {
            List<Port> ports = ports(backend, finder);
            backend.hosts().forEach(h -> found.put(h, ports));
        }
    }

    /** Services without a selector name their pods in slices. */
    void addBySlices(ObjectName pod, Map<NamespacedHostname, List<Port>> found, Reads reads) {
        for (ObjectName name : reads.find(sources.slicesByPod(), pod)) {
            EndpointSlice slice = reads.get(sources.slices(), name);
            if (slice != null) {
                addSlice(slice, found, reads);
            }
        }
    }

    void addSlice(EndpointSlice slice, Map<NamespacedHostname, List<Port>> found, Reads reads) {
        ServiceBackend backend =
                reads.get(
                        sources.services(), new ObjectName(slice.namespace(), slice.serviceName()));
        if (backend != null && backend.selector() == null) {
            List<Port> ports = ports(backend, p -> portOf(slice, p.name()));
            backend.hosts().forEach(h -> found.put(h, ports));
        }
    }

    /** All ports of a backend that the endpoint has. */
    static List<Port> ports(ServiceBackend backend, PortFinder finder) {
        List<Port> ports = new ArrayList<>(backend.ports().size());
        for (BackendPort p : backend.ports()) {
            Integer target = finder.apply(p);
            if (target != null) {
                ports.add(new Port(p.port(), target, AppProtocol.UNKNOWN));
            }
        }
        return ports;
    }

    private static @Nullable Integer portOf(EndpointSlice slice, String name) {
        for (EndpointSlice.Port p : slice.ports()) {
            if (p.name().equals(name)) {
                return p.port();
            }
        }
        return null;
    }

    /** Sorted by name: the same order however it came about. */
    static Map<NamespacedHostname, List<Port>> newMap() {
        return new TreeMap<>(java.util.Comparator.comparing(NamespacedHostname::toString));
    }
}
