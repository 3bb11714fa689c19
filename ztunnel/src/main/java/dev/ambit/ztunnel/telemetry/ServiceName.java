package dev.ambit.ztunnel.telemetry;

import dev.ambit.api.workload.MeshService;

/** The service a connection was meant for. */
public record ServiceName(String hostname, String name, String namespace) {

    /** Of the mesh's record. */
    public static ServiceName of(MeshService service) {
        return new ServiceName(service.hostname(), service.name(), service.namespace());
    }
}
