package dev.ambit.istiod.resource;

import dev.ambit.api.Cidr;
import dev.ambit.api.IpAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An Istio ServiceEntry: services the cluster does not know.
 *
 * @param allocated addresses the control plane gave it, by host ({@code status.addresses})
 * @param selector labels of pods and WorkloadEntries; null: none selected by labels
 */
public record ServiceEntry(
        Meta meta,
        List<String> hosts,
        List<Cidr> addresses,
        Map<String, List<IpAddress>> allocated,
        List<Port> ports,
        Resolution resolution,
        boolean meshInternal,
        List<WorkloadEntry.Spec> endpoints,
        @Nullable Map<String, String> selector,
        List<String> subjectAltNames)
        implements MeshObject {

    public ServiceEntry {
        hosts = List.copyOf(hosts);
        addresses = List.copyOf(addresses);
        allocated = Map.copyOf(allocated);
        ports = List.copyOf(ports);
        endpoints = List.copyOf(endpoints);
        selector = selector == null ? null : Map.copyOf(selector);
        subjectAltNames = List.copyOf(subjectAltNames);
    }

    /** A port; {@code targetPort} 0: the same. */
    public record Port(int number, String name, String protocol, int targetPort) {}

    /** How its endpoints are found. */
    public enum Resolution {
        /** Not at all: connections go where they were meant to go. */
        NONE,
        STATIC,
        DNS,
        DNS_ROUND_ROBIN,
        DYNAMIC_DNS
    }
}
