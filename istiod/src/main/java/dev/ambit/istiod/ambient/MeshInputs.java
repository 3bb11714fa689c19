package dev.ambit.istiod.ambient;

import dev.ambit.istiod.live.LiveTable;
import dev.ambit.istiod.live.TableGraph;
import dev.ambit.istiod.resource.AuthorizationPolicy;
import dev.ambit.istiod.resource.EndpointSlice;
import dev.ambit.istiod.resource.Gateway;
import dev.ambit.istiod.resource.GatewayClass;
import dev.ambit.istiod.resource.HttpRoute;
import dev.ambit.istiod.resource.MeshObject;
import dev.ambit.istiod.resource.Namespace;
import dev.ambit.istiod.resource.Node;
import dev.ambit.istiod.resource.ObjectName;
import dev.ambit.istiod.resource.PeerAuthentication;
import dev.ambit.istiod.resource.Pod;
import dev.ambit.istiod.resource.Service;
import dev.ambit.istiod.resource.ServiceAccount;
import dev.ambit.istiod.resource.ServiceEntry;
import dev.ambit.istiod.resource.Telemetry;
import dev.ambit.istiod.resource.WorkloadEntry;

/**
 * The objects of the mesh, one table for each kind. A source writes here and nowhere else; what
 * stands behind does not know which source it was. Confined to the mesh loop.
 */
public final class MeshInputs {
    public final LiveTable<ObjectName, Namespace> namespaces;
    public final LiveTable<ObjectName, Node> nodes;
    public final LiveTable<ObjectName, Pod> pods;
    public final LiveTable<ObjectName, Service> services;
    public final LiveTable<ObjectName, EndpointSlice> endpointSlices;
    public final LiveTable<ObjectName, ServiceAccount> serviceAccounts;
    public final LiveTable<ObjectName, Gateway> gateways;
    public final LiveTable<ObjectName, GatewayClass> gatewayClasses;
    public final LiveTable<ObjectName, HttpRoute> httpRoutes;
    public final LiveTable<ObjectName, AuthorizationPolicy> authorizationPolicies;
    public final LiveTable<ObjectName, PeerAuthentication> peerAuthentications;
    public final LiveTable<ObjectName, ServiceEntry> serviceEntries;
    public final LiveTable<ObjectName, WorkloadEntry> workloadEntries;
    public final LiveTable<ObjectName, Telemetry> telemetries;

    public MeshInputs(TableGraph graph) {
        namespaces = graph.live("namespaces");
        nodes = graph.live("nodes");
        pods = graph.live("pods");
        services = graph.live("services");
        endpointSlices = graph.live("endpointSlices");
        serviceAccounts = graph.live("serviceAccounts");
        gateways = graph.live("gateways");
        gatewayClasses = graph.live("gatewayClasses");
        httpRoutes = graph.live("httpRoutes");
        authorizationPolicies = graph.live("authorizationPolicies");
        peerAuthentications = graph.live("peerAuthentications");
        serviceEntries = graph.live("serviceEntries");
        workloadEntries = graph.live("workloadEntries");
        telemetries = graph.live("telemetries");
    }

    /** Stores an object; returns whether it differs from what was there. */
    public boolean put(MeshObject object) {
        return switch (object) {
            case Namespace o -> namespaces.put(o.name(), o);
            case Node o -> nodes.put(o.name(), o);
            case Pod o -> pods.put(o.name(), o);
            case Service o -> services.put(o.name(), o);
            case EndpointSlice o -> endpointSlices.put(o.name(), o);
            case ServiceAccount o -> serviceAccounts.put(o.name(), o);
            case Gateway o -> gateways.put(o.name(), o);
            case GatewayClass o -> gatewayClasses.put(o.name(), o);
            case HttpRoute o -> httpRoutes.put(o.name(), o);
            case AuthorizationPolicy o -> authorizationPolicies.put(o.name(), o);
            case PeerAuthentication o -> peerAuthentications.put(o.name(), o);
            case ServiceEntry o -> serviceEntries.put(o.name(), o);
            case WorkloadEntry o -> workloadEntries.put(o.name(), o);
            case Telemetry o -> telemetries.put(o.name(), o);
        };
    }

    /** Takes an object away; returns whether it was there. */
    public boolean remove(MeshObject object) {
        return switch (object) {
            case Namespace o -> namespaces.remove(o.name());
            case Node o -> nodes.remove(o.name());
            case Pod o -> pods.remove(o.name());
            case Service o -> services.remove(o.name());
            case EndpointSlice o -> endpointSlices.remove(o.name());
            case ServiceAccount o -> serviceAccounts.remove(o.name());
            case Gateway o -> gateways.remove(o.name());
            case GatewayClass o -> gatewayClasses.remove(o.name());
            case HttpRoute o -> httpRoutes.remove(o.name());
            case AuthorizationPolicy o -> authorizationPolicies.remove(o.name());
            case PeerAuthentication o -> peerAuthentications.remove(o.name());
            case ServiceEntry o -> serviceEntries.remove(o.name());
            case WorkloadEntry o -> workloadEntries.remove(o.name());
            case Telemetry o -> telemetries.remove(o.name());
        };
    }
}
