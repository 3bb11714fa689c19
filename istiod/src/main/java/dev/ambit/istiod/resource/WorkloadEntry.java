package dev.ambit.istiod.resource;

import dev.ambit.api.IpAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A workload that is no pod: a machine, an address outside. */
public record WorkloadEntry(Meta meta, Spec spec) implements MeshObject {

    /**
     * What is said about it, alone or within a ServiceEntry.
     *
     * @param ip null if it has a host name instead
     * @param hostname "" if it has an address
     * @param ports its own port for each port name of the service
     * @param locality {@code region/zone/subzone} as written
     * @param weight 0: not said
     */
    public record Spec(
            @Nullable IpAddress ip,
            String hostname,
            Map<String, Integer> ports,
            Map<String, String> labels,
            String network,
            String locality,
            int weight,
            String serviceAccount) {
        public Spec {
            ports = Map.copyOf(ports);
            labels = Map.copyOf(labels);
        }

        /** The address as it was written. */
        public String address() {
            return ip == null ? hostname : ip.toString();
        }
    }
}
