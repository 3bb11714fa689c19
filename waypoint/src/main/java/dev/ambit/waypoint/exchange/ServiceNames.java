package dev.ambit.waypoint.exchange;

import dev.ambit.api.workload.MeshService;
import dev.ambit.policy.state.MeshView;
import dev.ambit.waypoint.telemetry.ServiceName;
import dev.ambit.waypoint.xds.Target;
import org.jspecify.annotations.Nullable;

/** Names of services as metrics print them. */
public final class ServiceNames {

    private ServiceNames() {}

    public static ServiceName of(MeshView mesh, Target target) {
        return switch (target) {
            case Target.OfWorkload of -> ServiceName.unknown(of.port());
            case Target.OfService of -> {
                String hostname = of.service().hostname();
                yield new ServiceName(
                        hostname,
                        shortName(mesh.service(of.service()), hostname),
                        of.service().namespace(),
                        of.port());
            }
        };
    }

    private static String shortName(@Nullable MeshService known, String hostname) {
        if (known != null && !known.name().isEmpty()) {
            return known.name();
        }
        int dot = hostname.indexOf('.');
        return dot < 0 ? hostname : hostname.substring(0, dot);
    }
}
