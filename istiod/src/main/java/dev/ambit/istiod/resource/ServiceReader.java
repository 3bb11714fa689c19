package dev.ambit.istiod.resource;

import dev.ambit.api.IpAddress;
import dev.ambit.istiod.resource.Service.TargetPort;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Service. */
final class ServiceReader {
    private static final String NO_CLUSTER_IP = "None";

    private ServiceReader() {}

    static MeshObject read(Meta meta, Fields service) {
        Fields spec = service.object("spec");
        String type = spec.text("type", "ClusterIP");
        List<Service.Port> ports = new ArrayList<>();
        for (Fields port : spec.objects("ports")) {
            String protocol = port.text("protocol", "TCP");
            int number = port.port("port");
            if (protocol.equals("TCP")) {
                ports.add(
                        new Service.Port(
                                port.text("name", ""),
                                number,
                                target(port, number),
                                port.text("appProtocol", "")));
            }
        }
        return new Service(
                meta,
                type.equals("ExternalName"),
                clusterIps(spec),
                spec.texts("ipFamilies"),
                ports,
                spec.textMap("selector"),
                spec.flag("publishNotReadyAddresses"),
                spec.text("internalTrafficPolicy", "").equals("Local"),
                spec.text("trafficDistribution", ""));
    }

    private static TargetPort target(Fields port, int servicePort) {
        Object target = port.raw("targetPort");
        if (target == null) {
            return new TargetPort.Numbered(servicePort);
        }
        if (target instanceof String name && !name.isEmpty()) {
            return name.chars().allMatch(Character::isDigit)
                    ? new TargetPort.Numbered(number(port, name))
                    : new TargetPort.Named(name);
        }
        // 0 is what an API server writes where nobody said.
        int number = port.integer("targetPort", servicePort, 0, 65535);
        return new TargetPort.Numbered(number == 0 ? servicePort : number);
    }

    private static int number(Fields port, String digits) {
        if (digits.length() <= 5 && Integer.parseInt(digits) <= 65535) {
            return Integer.parseInt(digits);
        }
        port.invalid("targetPort", "1-65535 or the name of a container's port");
        return 1;
    }

    private static List<IpAddress> clusterIps(Fields spec) {
        Set<IpAddress> ips = new LinkedHashSet<>();
        String first = spec.text("clusterIP", "");
        if (!first.isEmpty() && !first.equals(NO_CLUSTER_IP)) {
            IpAddress ip = spec.parsedText("clusterIP", IpAddress::parse);
            if (ip != null) {
                ips.add(ip);
            }
        }
        if (!spec.texts("clusterIPs").contains(NO_CLUSTER_IP)) {
            ips.addAll(spec.parsed("clusterIPs", IpAddress::parse));
        }
        return List.copyOf(ips);
    }
}
