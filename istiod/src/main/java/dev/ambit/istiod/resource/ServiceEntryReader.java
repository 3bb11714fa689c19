package dev.ambit.istiod.resource;

import dev.ambit.api.Cidr;
import dev.ambit.api.IpAddress;
import dev.ambit.istiod.resource.ServiceEntry.Port;
import dev.ambit.istiod.resource.ServiceEntry.Resolution;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** ServiceEntry and WorkloadEntry. */
final class ServiceEntryReader {
    private static final Map<String, Resolution> RESOLUTIONS =
            new TreeMap<>(
                    Map.of(
                            "NONE", Resolution.NONE,
                            "STATIC", Resolution.STATIC,
                            "DNS", Resolution.DNS,
                            "DNS_ROUND_ROBIN", Resolution.DNS_ROUND_ROBIN,
                            "DYNAMIC_DNS", Resolution.DYNAMIC_DNS));
    private static final Map<String, Boolean> LOCATIONS =
            new TreeMap<>(Map.of("MESH_EXTERNAL", false, "MESH_INTERNAL", true));

    private ServiceEntryReader() {}

    static MeshObject read(Meta meta, Fields entry) {
        Fields spec = entry.object("spec");
        List<String> hosts = spec.texts("hosts");
        if (hosts.isEmpty()) {
            spec.missing("hosts");
        }
        List<Port> ports = new ArrayList<>();
        for (Fields port : spec.objects("ports")) {
            ports.add(
                    new Port(
                            port.port("number"),
                            port.text("name", ""),
                            port.text("protocol", ""),
                            port.integer("targetPort", 0, 0, 65535)));
        }
        List<WorkloadEntry.Spec> endpoints = new ArrayList<>();
        for (Fields endpoint : spec.objects("endpoints")) {
            endpoints.add(spec(endpoint));
        }
        Map<String, String> selector = null;
        if (spec.has("workloadSelector")) {
            selector = spec.object("workloadSelector").textMap("labels");
            if (!endpoints.isEmpty()) {
                spec.invalid("workloadSelector", "either endpoints or workloadSelector");
            }
        }
        return new ServiceEntry(
                meta,
                hosts,
                spec.parsed("addresses", Cidr::parse),
                allocated(entry.object("status")),
                ports,
                spec.choice("resolution", Resolution.NONE, RESOLUTIONS),
                spec.choice("location", Boolean.FALSE, LOCATIONS),
                endpoints,
                selector,
                spec.texts("subjectAltNames"));
    }

    static MeshObject readEntry(Meta meta, Fields entry) {
        return new WorkloadEntry(meta, spec(entry.object("spec")));
    }

    private static WorkloadEntry.Spec spec(Fields fields) {
        String address = fields.required("address");
        @Nullable IpAddress ip = null;
        String hostname = "";
        if (address.startsWith("unix:")) {
            fields.invalid("address", "an address or a host name; ztunnel has no Unix sockets");
        } else if (address.indexOf(':') >= 0 || address.matches("[0-9.]+")) {
            ip = fields.parsedText("address", IpAddress::parse);
        } else {
            hostname = address;
        }
        Map<String, Integer> ports = new LinkedHashMap<>();
        Fields named = fields.object("ports");
        for (String name : named.names()) {
            ports.put(name, named.port(name));
        }
        return new WorkloadEntry.Spec(
                ip,
                hostname,
                ports,
                fields.textMap("labels"),
                fields.text("network", ""),
                fields.text("locality", ""),
                fields.integer("weight", 0, 0, Integer.MAX_VALUE),
                fields.text("serviceAccount", ""));
    }

    private static Map<String, List<IpAddress>> allocated(Fields status) {
        Map<String, List<IpAddress>> byHost = new LinkedHashMap<>();
        for (Fields address : status.objects("addresses")) {
            @Nullable IpAddress ip = address.parsedText("value", IpAddress::parse);
            if (ip != null) {
                byHost.computeIfAbsent(address.text("host", ""), h -> new ArrayList<>()).add(ip);
            }
        }
        byHost.replaceAll((h, ips) -> List.copyOf(ips));
        return byHost;
    }
}
