package dev.ambit.istiod.resource;

import dev.ambit.policy.telemetry.AccessRule;
import dev.ambit.policy.telemetry.TraceRule;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An Istio Telemetry, as far as node proxies act on it.
 *
 * @param selector labels of the workloads; null: the whole namespace, or the whole mesh in the root
 *     namespace
 * @param access which connections get a line; null if it says nothing of access logs
 * @param tracing which connections get a span; null if it says nothing of tracing
 */
public record Telemetry(
        Meta meta,
        @Nullable Map<String, String> selector,
        @Nullable AccessRule access,
        @Nullable TraceRule tracing)
        implements MeshObject {

    public Telemetry {
        selector = selector == null ? null : Map.copyOf(selector);
    }
}
