package dev.ambit.api.workload;

import dev.ambit.api.IpAddress;
import dev.ambit.api.NamespacedHostname;
import dev.ambit.identity.SpiffeId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes a {@link Workload}; what is not said has the default of the wire. */
public final class WorkloadBuilder {

    private final String uid;
    private String name;
    private SpiffeId identity;
    private List<IpAddress> addresses = List.of();
    private String hostname = "";
    private String network = "";
    private String node = "";
    private String clusterId = "Kubernetes";
    private Locality locality = Locality.UNKNOWN;
    private NetworkMode networkMode = NetworkMode.STANDARD;
    private String canonicalName = "";
    private String canonicalRevision = "";
    private WorkloadType workloadType = WorkloadType.POD;
    private String workloadName = "";
    private TunnelProtocol tunnelProtocol = TunnelProtocol.NONE;
    private boolean nativeTunnel;
    private @Nullable ApplicationTunnel applicationTunnel;
    private @Nullable WaypointRef waypoint;
    private @Nullable WaypointRef networkGateway;
    private Map<NamespacedHostname, List<Port>> services = Map.of();
    private List<String> authorizationPolicies = List.of();
    private WorkloadStatus status = WorkloadStatus.HEALTHY;
    private int capacity = 1;

    WorkloadBuilder(String uid, String name, SpiffeId identity) {
        this.uid = uid;
        this.name = name;
        this.identity = identity;
    }

    WorkloadBuilder(Workload from) {
        this(from.uid(), from.name(), from.identity());
        addresses = from.addresses();
        hostname = from.hostname();
        network = from.network();
        node = from.node();
        clusterId = from.clusterId();
        locality = from.locality();
        networkMode = from.networkMode();
        canonicalName = from.canonicalName();
        canonicalRevision = from.canonicalRevision();
        workloadType = from.workloadType();
        workloadName = from.workloadName();
        tunnelProtocol = from.tunnelProtocol();
        nativeTunnel = from.nativeTunnel();
        applicationTunnel = from.applicationTunnel();
        waypoint = from.waypoint();
        networkGateway = from.networkGateway();
        services = from.services();
        authorizationPolicies = from.authorizationPolicies();
        status = from.status();
        capacity = from.capacity();
    }

    public WorkloadBuilder name(String value) {
        name = value;
        return this;
    }

    public WorkloadBuilder identity(SpiffeId value) {
        identity = value;
        return this;
    }

    public WorkloadBuilder addresses(List<IpAddress> value) {
        addresses = value;
        return this;
    }

    public WorkloadBuilder hostname(String value) {
        hostname = value;
        return this;
    }

    public WorkloadBuilder network(String value) {
        network = value;
        return this;
    }

    public WorkloadBuilder node(String value) {
        node = value;
        return this;
    }

    public WorkloadBuilder clusterId(String value) {
        clusterId = value;
        return this;
    }

    public WorkloadBuilder locality(Locality value) {
        locality = value;
        return this;
    }

    public WorkloadBuilder networkMode(NetworkMode value) {
        networkMode = value;
        return this;
    }

    public WorkloadBuilder canonicalName(String value) {
        canonicalName = value;
        return this;
    }

    public WorkloadBuilder canonicalRevision(String value) {
        canonicalRevision = value;
        return this;
    }

    public WorkloadBuilder workloadType(WorkloadType value) {
        workloadType = value;
        return this;
    }

    public WorkloadBuilder workloadName(String value) {
        workloadName = value;
        return this;
    }

    public WorkloadBuilder tunnelProtocol(TunnelProtocol value) {
        tunnelProtocol = value;
        return this;
    }

    public WorkloadBuilder nativeTunnel(boolean value) {
        nativeTunnel = value;
        return this;
    }

    public WorkloadBuilder applicationTunnel(@Nullable ApplicationTunnel value) {
        applicationTunnel = value;
        return this;
    }

    public WorkloadBuilder waypoint(@Nullable WaypointRef value) {
        waypoint = value;
        return this;
    }

    public WorkloadBuilder networkGateway(@Nullable WaypointRef value) {
        networkGateway = value;
        return this;
    }

    public WorkloadBuilder services(Map<NamespacedHostname, List<Port>> value) {
        services = value;
        return this;
    }

    public WorkloadBuilder authorizationPolicies(List<String> value) {
        authorizationPolicies = value;
        return this;
    }

    public WorkloadBuilder status(WorkloadStatus value) {
        status = value;
        return this;
    }

    public WorkloadBuilder capacity(int value) {
        capacity = value;
        return this;
    }

    public Workload build() {
        return new Workload(
                uid,
                name,
                identity,
                addresses,
                hostname,
                network,
                node,
                clusterId,
                locality,
                networkMode,
                canonicalName,
                canonicalRevision,
                workloadType,
                workloadName,
                tunnelProtocol,
                nativeTunnel,
                applicationTunnel,
                waypoint,
                networkGateway,
                services,
                authorizationPolicies,
                status,
                capacity);
    }
}
