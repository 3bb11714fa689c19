package dev.ambit.api.workload;

import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.NetworkAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes a {@link MeshService}; what is not said has the default of the wire. */
public final class MeshServiceBuilder {

    private final NamespacedHostname key;
    private String name;
    private List<NetworkAddress> vips = List.of();
    private List<CidrVip> cidrVips = List.of();
    private List<Port> ports = List.of();
    private List<String> subjectAltNames = List.of();
    private @Nullable WaypointRef waypoint;
    private List<WeightedWaypoint> weightedWaypoints = List.of();
    private LoadBalancing loadBalancing = LoadBalancing.ANY;
    private IpFamilies ipFamilies = IpFamilies.AUTOMATIC;
    private boolean canonical;
    private boolean ingressUseWaypoint;
    private Visibility visibility = Visibility.PUBLIC;

    MeshServiceBuilder(NamespacedHostname key) {
        this.key = key;
        int dot = key.hostname().indexOf('.');
        name = dot < 0 ? key.hostname() : key.hostname().substring(0, dot);
    }

    MeshServiceBuilder(MeshService from) {
        key = from.key();
        name = from.name();
        vips = from.vips();
        cidrVips = from.cidrVips();
        ports = from.ports();
        subjectAltNames = from.subjectAltNames();
        waypoint = from.waypoint();
        weightedWaypoints = from.weightedWaypoints();
        loadBalancing = from.loadBalancing();
        ipFamilies = from.ipFamilies();
        canonical = from.canonical();
        ingressUseWaypoint = from.ingressUseWaypoint();
        visibility = from.visibility();
    }

    public MeshServiceBuilder name(String value) {
        name = value;
        return this;
    }

    public MeshServiceBuilder vips(List<NetworkAddress> value) {
        vips = value;
        return this;
    }

    public MeshServiceBuilder cidrVips(List<CidrVip> value) {
        cidrVips = value;
        return this;
    }

    public MeshServiceBuilder ports(List<Port> value) {
        ports = value;
        return this;
    }

    public MeshServiceBuilder subjectAltNames(List<String> value) {
        subjectAltNames = value;
        return this;
    }

    public MeshServiceBuilder waypoint(@Nullable WaypointRef value) {
        waypoint = value;
        return this;
    }

    public MeshServiceBuilder weightedWaypoints(List<WeightedWaypoint> value) {
        weightedWaypoints = value;
        return this;
    }

    public MeshServiceBuilder loadBalancing(LoadBalancing value) {
        loadBalancing = value;
        return this;
    }

    public MeshServiceBuilder ipFamilies(IpFamilies value) {
        ipFamilies = value;
        return this;
    }

    public MeshServiceBuilder canonical(boolean value) {
        canonical = value;
        return this;
    }

    public MeshServiceBuilder ingressUseWaypoint(boolean value) {
        ingressUseWaypoint = value;
        return this;
    }

    public MeshServiceBuilder visibility(Visibility value) {
        visibility = value;
        return this;
    }

    public MeshService build() {
        return new MeshService(
                key,
                name,
                vips,
                cidrVips,
                ports,
                subjectAltNames,
                waypoint,
                weightedWaypoints,
                loadBalancing,
                ipFamilies,
                canonical,
                ingressUseWaypoint,
                visibility);
    }
}
