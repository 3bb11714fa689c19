package dev.ambit.ztunnel.inbound;

import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.Port;
import dev.ambit.api.workload.Workload;
import dev.ambit.policy.state.MeshView;
import dev.ambit.ztunnel.telemetry.ServiceName;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which service an arriving connection was meant for. A guess for labels only: the client's own
 * word counts if the workload is of that service, else the port decides.
 */
final class InboundService {

    private InboundService() {}

    /**
     * @param addressed the service the tunnel itself named, null if it named an address
     * @param forwarded the header of that name
     */
    static @Nullable ServiceName of(
            Workload local,
            MeshView mesh,
            @Nullable MeshService addressed,
            @Nullable String forwarded,
            int port) {
        if (addressed != null) {
            return ServiceName.of(addressed);
        }
        String host = host(forwarded);
        MeshService byPort = null;
        for (Map.Entry<NamespacedHostname, List<Port>> entry : local.services().entrySet()) {
            MeshService service = mesh.service(entry.getKey());
            if (service == null) {
                continue;
            }
            if (service.hostname().equals(host)) {
                return ServiceName.of(service);
            }
            if (byPort == null
                    && (leadsTo(service.ports(), port) || leadsTo(entry.getValue(), port))) {
                byPort = service;
            }
        }
        return byPort == null ? null : ServiceName.of(byPort);
    }

    private static boolean leadsTo(List<Port> ports, int port) {
        for (Port candidate : ports) {
            if (candidate.targetPort() == port) {
                return true;
            }
        }
        return false;
    }

    /** {@code host=} of RFC 7239, quoted or not. */
    static @Nullable String host(@Nullable String forwarded) {
        if (forwarded == null) {
            return null;
        }
        for (String part : forwarded.split(";", -1)) {
            String pair = part.strip();
            if (pair.regionMatches(true, 0, "host=", 0, 5)) {
                String value = pair.substring(5);
                return value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")
                        ? value.substring(1, value.length() - 1)
                        : value;
            }
        }
        return null;
    }
}
