package dev.ambit.demo.cluster;

import dev.ambit.demo.bed.BedException;
import dev.ambit.demo.cluster.Desired.ServiceObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Gives each Service its address, once. Used by one thread. */
final class ServiceAddresses {

    private static final String NETWORK = "10.96.";
    private static final int FIRST = 10;
    private static final int LAST = 65_000;

    private final Map<String, String> given = new HashMap<>();
    private final Set<String> used = new HashSet<>();
    private int next = FIRST;

    /** The manifest's own, or one of ours that stays with the name; empty for headless ones. */
    String of(ServiceObject service) {
        if (service.headless()) {
            return "";
        }
        if (!service.clusterIp().isEmpty()) {
            used.add(service.clusterIp());
            return service.clusterIp();
        }
        return given.computeIfAbsent(service.namespace() + "/" + service.name(), k -> free());
    }

    private String free() {
        while (next <= LAST) {
            String address = NETWORK + (next >> 8) + "." + (next & 255);
            next++;
            if (used.add(address)) {
                return address;
            }
        }
        throw new BedException("AMB1624  no service address is left in " + NETWORK + "0.0/16");
    }
}
