package dev.ambit.istiod.resource;

/** A Kubernetes object the mesh uses, checked. */
public sealed interface MeshObject
        permits Namespace,
                Node,
                Pod,
                Service,
                EndpointSlice,
                ServiceAccount,
                Gateway,
                GatewayClass,
                HttpRoute,
                AuthorizationPolicy,
                PeerAuthentication,
                ServiceEntry,
                Telemetry,
                WorkloadEntry {

    Meta meta();

    default ObjectName name() {
        return meta().name();
    }

    default String namespace() {
        return meta().name().namespace();
    }
}
