package dev.ambit.waypoint.ingress;

import dev.ambit.api.workload.Workload;
import dev.ambit.hbone.ConnectRequest;
import dev.ambit.identity.SpiffeId;
import dev.ambit.waypoint.telemetry.Peer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who a client is, as metrics name it: by its address if the identity fits, else by what its node
 * proxy says in the baggage. The identity itself is always the proven one.
 */
final class Sources {

    private Sources() {}

    /**
     * @param workload the one behind the client's address, if it is known
     */
    static Peer of(@Nullable Workload workload, SpiffeId proven, ConnectRequest tunnel) {
        if (workload != null && workload.identity().equals(proven)) {
            return Peer.of(workload, proven);
        }
        Peer known = Peer.of(proven);
        return tunnel.baggage() == null ? known : fromBaggage(known, parse(tunnel.baggage()));
    }

    private static Peer fromBaggage(Peer known, Map<String, String> baggage) {
        String workload = Peer.UNKNOWN_VALUE;
        for (String type : new String[] {"deployment", "cronjob", "pod", "job"}) {
            workload = baggage.getOrDefault("k8s." + type + ".name", workload);
        }
        return new Peer(
                workload,
                known.namespace(),
                known.principal(),
                baggage.getOrDefault("service.name", Peer.UNKNOWN_VALUE),
                baggage.getOrDefault("service.version", Peer.UNKNOWN_VALUE),
                baggage.getOrDefault("k8s.cluster.name", Peer.UNKNOWN_VALUE));
    }

    private static Map<String, String> parse(String baggage) {
        Map<String, String> found = new HashMap<>();
        for (String pair : baggage.split(",")) {
            int equals = pair.indexOf('=');
            if (equals > 0 && equals < pair.length() - 1) {
                found.put(pair.substring(0, equals).strip(), pair.substring(equals + 1).strip());
            }
        }
        return found;
    }
}
