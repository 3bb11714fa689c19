package dev.ambit.ztunnel;

import dev.ambit.api.workload.Workload;
import dev.ambit.hbone.HboneSettings;
import dev.ambit.identity.revocation.UnknownStatus;
import dev.ambit.identity.rotation.RotationConfig;
import dev.ambit.ztunnel.dns.DnsConfig;
import dev.ambit.ztunnel.egress.EgressConfig;
import dev.ambit.ztunnel.handover.HandoverConfig;
import dev.ambit.ztunnel.policy.AccessConfig;
import dev.ambit.ztunnel.policy.FailoverConfig;
import dev.ambit.ztunnel.socket.ProxyPorts;
import dev.ambit.ztunnel.socket.SocketConfig;
import dev.ambit.ztunnel.state.AddressDemand;
import dev.ambit.ztunnel.state.NodeConfig;
import dev.ambit.ztunnel.state.WorkloadInfo;
import dev.ambit.ztunnel.telemetry.TelemetryConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything the process is told at its start. Made by {@link ZtunnelConfigReader} from environment
 * and mesh config; names and defaults are upstream's.
 *
 * @param mode which workloads, and how they arrive
 * @param node where we run
 * @param control where state and certificates come from
 * @param proxy options of the data path
 * @param ports what we listen on
 * @param names how names are found, and what they allow
 * @param process what the process does with itself
 * @param telemetry what is told of connections, and to whom
 */
record ZtunnelConfig(
        Mode mode,
        NodeConfig node,
        Control control,
        Proxy proxy,
        Ports ports,
        Names names,
        ProcessOptions process,
        TelemetryConfig telemetry) {

    /** {@code PROXY_MODE}. */
    sealed interface Mode {
        /**
         * All captured pods of the node, handed over by the node agent.
         *
         * @param nodeAgent {@code INPOD_UDS}
         * @param portReuse {@code INPOD_PORT_REUSE}: lets the next process listen beside this one
         */
        record Shared(Path nodeAgent, boolean portReuse) implements Mode {}

        /**
         * One workload, in our own network namespace.
         *
         * @param workload {@code PROXY_WORKLOAD_INFO}
         */
        record Dedicated(WorkloadInfo workload) implements Mode {}
    }

    /**
     * @param xds the state's server; null without ({@code XDS_ADDRESS=""})
     * @param ca the certificate authority; null with {@code FAKE_CA}
     * @param token {@code AUTH_TOKEN}: a file, re-read at every use, or the token itself; null
     *     sends none
     * @param rotation {@code SECRET_TTL}, {@code COMPLIANCE_POLICY}, {@code TLS12_ENABLED}
     * @param localState {@code LOCAL_XDS_PATH} or {@code LOCAL_XDS}; null without
     * @param stateCache the last good state on disk; null without
     * @param pod this process's own pod, for the node's id
     * @param trust what ends trust before a certificate does
     */
    record Control(
            @Nullable Server xds,
            @Nullable Server ca,
            @Nullable String token,
            RotationConfig rotation,
            @Nullable LocalState localState,
            @Nullable CacheOptions stateCache,
            Pod pod,
            Trust trust) {}

    /**
     * @param directory {@code AMBIT_STATE_CACHE}
     * @param maxAge {@code AMBIT_STATE_CACHE_MAX_AGE}
     * @param patience {@code AMBIT_STATE_CACHE_WAIT}: how long the control plane has the first word
     */
    record CacheOptions(Path directory, Duration maxAge, Duration patience) {}

    /**
     * @param lists {@code CRL_PATH}; null without
     * @param unknown {@code AMBIT_CRL_UNKNOWN}
     * @param closeOnExpiry {@code AMBIT_CLOSE_ON_EXPIRY}: open tunnels end with the certificates
     *     they were opened under
     */
    record Trust(@Nullable Path lists, UnknownStatus unknown, boolean closeOnExpiry) {}

    /**
     * @param address with scheme
     * @param rootCert a file, {@code SYSTEM}, or PEM text
     * @param altHostname another name the server's certificate may carry
     * @param headers sent with every call
     */
    record Server(
            String address,
            String rootCert,
            @Nullable String altHostname,
            Map<String, String> headers) {}

    /** State that is not asked of a server: one of the two is set. */
    record LocalState(@Nullable Path file, @Nullable String text) {}

    /**
     * {@code POD_NAME}, {@code POD_NAMESPACE}, {@code SERVICE_ACCOUNT}, {@code INSTANCE_IP}, {@code
     * TRUST_DOMAIN}.
     */
    record Pod(
            String name,
            String namespace,
            @Nullable String serviceAccount,
            String ip,
            String trustDomain) {

        /** This process as a workload, if it was told all of it (upstream's self-listener). */
        Optional<WorkloadInfo> workload() {
            return serviceAccount == null || name.isEmpty() || namespace.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new WorkloadInfo(name, namespace, serviceAccount));
        }
    }

    /**
     * @param enabled {@code ENABLE_PROXY}
     * @param responseBaggage {@code ENABLE_RESPONSE_BAGGAGE}
     * @param localhostAppTunnel {@code LOCALHOST_APP_TUNNEL}
     * @param policyInfoLogging {@code AUTHZ_POLICY_INFO_LOGGING}
     * @param failover {@code AMBIT_CONNECT_*}, {@code AMBIT_ENDPOINT_EJECTION}
     * @param sockets options of all sockets
     * @param hbone windows, pool and times
     * @param access fail-closed switches and limits of identities
     * @param sameNodeShortcut {@code AMBIT_SAME_NODE_SHORTCUT}: no tunnel between pods of this
     *     process
     */
    record Proxy(
            boolean enabled,
            boolean responseBaggage,
            boolean localhostAppTunnel,
            boolean policyInfoLogging,
            FailoverConfig failover,
            SocketConfig sockets,
            HboneSettings hbone,
            AccessConfig access,
            boolean sameNodeShortcut) {}

    /**
     * @param admin {@code proxyAdminPort}, on loopback only
     * @param stats {@code statsPort}, metrics
     * @param readiness health, not configurable upstream
     * @param pod the ports inside pods
     * @param loopback6 whether ::1 exists here
     */
    record Ports(int admin, int stats, int readiness, ProxyPorts pod, boolean loopback6) {}

    /**
     * @param dnsListen {@code DNS_PROXY_ADDR} of the metadata
     * @param preferredNamespace {@code PREFERED_SERVICE_NAMESPACE}
     * @param resolvConf {@code AMBIT_RESOLV_CONF}: names the servers outside names are asked of
     * @param podResolvConf {@code AMBIT_DNS_POD_RESOLV_CONF}
     * @param dnsLimits {@code AMBIT_DNS_MAX_IN_FLIGHT}, {@code AMBIT_DNS_STALE}
     * @param onDemand {@code XDS_ON_DEMAND}
     * @param demandLimits {@code AMBIT_XDS_ON_DEMAND_IDLE}, {@code AMBIT_XDS_ON_DEMAND_MAX_NAMES}
     * @param egress {@code AMBIT_OUTBOUND_TRAFFIC_POLICY} and what belongs to it
     */
    record Names(
            DnsConfig.Listen dnsListen,
            @Nullable String preferredNamespace,
            Path resolvConf,
            boolean podResolvConf,
            DnsConfig.Limits dnsLimits,
            boolean onDemand,
            AddressDemand.Limits demandLimits,
            EgressConfig egress) {}

    /**
     * @param workerThreads data loops
     * @param drainDeadline how long open connections may last once we shall end
     * @param podDrain {@code AMBIT_POD_DRAIN}: how long connections of a pod that ends may last
     * @param metadata node metadata, from ProxyConfig and {@code ISTIO_META_*}
     * @param jsonMetadata {@code ISTIO_METAJSON_*}
     * @param dnsCapture {@code DNS_CAPTURE} of the metadata
     * @param arguments of the command line
     * @param handover how the next process takes over; null if it does not
     */
    record ProcessOptions(
            int workerThreads,
            Duration drainDeadline,
            Duration podDrain,
            Map<String, String> metadata,
            Map<String, String> jsonMetadata,
            boolean dnsCapture,
            String arguments,
            @Nullable HandoverConfig handover) {

        /** {@code ISTIO_META_ISTIO_VERSION}. */
        String istioVersion() {
            return metadata.getOrDefault("ISTIO_VERSION", "unknown");
        }
    }

    /** Without a control plane and without a file the proxy would know nothing, for ever. */
    boolean hasState() {
        return control.xds != null || control.localState != null;
    }

    /** Whether this process may have to stand for it. */
    boolean isOurs(Workload workload) {
        return switch (mode) {
            case Mode.Shared shared -> {
                String here = node.localNode();
                yield here == null || here.isEmpty() || workload.node().equals(here);
            }
            case Mode.Dedicated(WorkloadInfo own) ->
                    workload.name().equals(own.name())
                            && workload.namespace().equals(own.namespace())
                            && workload.serviceAccount().equals(own.serviceAccount());
        };
    }
}
