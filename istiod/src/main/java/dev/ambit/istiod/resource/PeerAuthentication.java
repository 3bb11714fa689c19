package dev.ambit.istiod.resource;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An Istio PeerAuthentication.
 *
 * @param selector labels of the workloads; null: the whole namespace, or the whole mesh in the root
 *     namespace
 */
public record PeerAuthentication(
        Meta meta, @Nullable Map<String, String> selector, Mode mode, Map<Integer, Mode> ports)
        implements MeshObject {

    public PeerAuthentication {
        selector = selector == null ? null : Map.copyOf(selector);
        ports = Map.copyOf(ports);
    }

    /** Whether connections without mesh TLS are taken. */
    public enum Mode {
        /** As the wider scope says. */
        UNSET,
        /** In ambient the same as PERMISSIVE: mesh TLS is never taken away. */
        DISABLE,
        PERMISSIVE,
        STRICT
    }
}
