package dev.ambit.waypoint;

import dev.ambit.api.waypoint.GatewayName;
import dev.ambit.hbone.HboneSettings;
import dev.ambit.identity.SpiffeId;
import dev.ambit.waypoint.exchange.ExchangeLimits;
import dev.ambit.waypoint.ingress.IngressLimits;
import dev.ambit.waypoint.upstream.UpstreamLimits;
import java.time.Duration;
import java.util.Map;

/**
 * Everything the process is told at its start; made by {@link WaypointConfigReader}.
 *
 * @param node who and where we are
 * @param ports what we listen on
 * @param limits of the data path
 * @param process what the process does with itself
 */
public record WaypointConfig(Node node, Ports ports, Limits limits, ProcessOptions process) {

    /**
     * @param gateway the Gateway object we serve: {@code GATEWAY_NAME} in {@code POD_NAMESPACE}
     * @param identity our own
     * @param pod {@code POD_NAME}
     * @param ip {@code INSTANCE_IP}
     * @param network {@code NETWORK}
     * @param clusterId {@code CLUSTER_ID}
     */
    public record Node(
            GatewayName gateway,
            SpiffeId identity,
            String pod,
            String ip,
            String network,
            String clusterId) {}

    /**
     * @param host address of all but admin; the wildcard by default
     * @param hbone {@code 15008}
     * @param admin {@code 15000}, loopback only
     * @param stats {@code 15020}
     * @param readiness {@code 15021}
     */
    public record Ports(String host, int hbone, int admin, int stats, int readiness) {}

    /** Limits by the part they bound. */
    public record Limits(
            HboneSettings hbone,
            IngressLimits ingress,
            ExchangeLimits exchange,
            UpstreamLimits upstream) {}

    /**
     * @param workerThreads data loops
     * @param drainDeadline how long requests may last once we shall end
     * @param secretTtl asked for our certificate
     * @param accessLog whether a line is written for each request
     * @param istioVersion reported in metrics
     * @param metadata of the node, from {@code ISTIO_META_*}
     */
    public record ProcessOptions(
            int workerThreads,
            Duration drainDeadline,
            Duration secretTtl,
            boolean accessLog,
            String istioVersion,
            Map<String, String> metadata) {

        public ProcessOptions {
            metadata = Map.copyOf(metadata);
        }
    }
}
