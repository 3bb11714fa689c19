package dev.ambit.policy.l4;

import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.Workload;
import dev.ambit.policy.state.Endpoint;
import dev.ambit.policy.state.MeshView;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One endpoint of a service for one connection (ambient.md 1.19). */
@SuppressWarnings("DoNotCallSuggester")
public final class EndpointPicker {

    private EndpointPicker() {}

    /** Whom an endpoint is picked for. */
    public enum Purpose {
        /** The application's own connection. */
        SERVICE,
        /** The way to a waypoint, whose service need not declare the port. */
        WAYPOINT
    }

    /** Null if there is none that can be reached. */
    public static @Nullable Endpoint pick(
            Workload source,
            MeshService service,
            int servicePort,
            Purpose purpose,
            MeshView mesh,
            RandomGenerator random) {
        throw new UnsupportedOperationException("not built yet");
    }
}
