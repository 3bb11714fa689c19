package dev.ambit.istiod.resource;

import dev.ambit.api.IpAddress;
import dev.ambit.istiod.resource.EndpointSlice.Endpoint;
import dev.ambit.istiod.resource.EndpointSlice.Port;
import java.util.ArrayList;
import java.util.List;

/** EndpointSlice. Slices of host names hold nothing the mesh can connect to: no endpoints then. */
final class EndpointSliceReader {
    private EndpointSliceReader() {}

    static MeshObject read(Meta meta, Fields slice) {
        List<Port> ports = new ArrayList<>();
        for (Fields port : slice.objects("ports")) {
            if (port.text("protocol", "TCP").equals("TCP") && port.has("port")) {
                ports.add(new Port(port.text("name", ""), port.port("port")));
            }
        }
        List<Endpoint> endpoints = new ArrayList<>();
        if (!slice.text("addressType", "IPv4").equals("FQDN")) {
            for (Fields endpoint : slice.objects("endpoints")) {
                endpoints.add(endpoint(meta, endpoint));
            }
        }
        String service = meta.label("kubernetes.io/service-name").orElse("");
        return new EndpointSlice(meta, service, ports, endpoints);
    }

    private static Endpoint endpoint(Meta meta, Fields endpoint) {
        Fields conditions = endpoint.object("conditions");
        // The API's rule: a missing condition counts as ready.
        boolean ready = !conditions.has("ready") || conditions.flag("ready");
        Fields target = endpoint.object("targetRef");
        boolean pod = target.text("kind", "").equals("Pod");
        return new Endpoint(
                endpoint.parsed("addresses", IpAddress::parse),
                ready,
                endpoint.text("nodeName", ""),
                endpoint.text("zone", ""),
                pod
                        ? new ObjectName(
                                target.text("namespace", meta.name().namespace()),
                                target.required("name"))
                        : null);
    }
}
