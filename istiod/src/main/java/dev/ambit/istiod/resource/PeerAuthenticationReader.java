package dev.ambit.istiod.resource;

import dev.ambit.istiod.resource.PeerAuthentication.Mode;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** PeerAuthentication. */
final class PeerAuthenticationReader {
    private static final Map<String, Mode> MODES =
            new TreeMap<>(
                    Map.of(
                            "UNSET", Mode.UNSET,
                            "DISABLE", Mode.DISABLE,
                            "PERMISSIVE", Mode.PERMISSIVE,
                            "STRICT", Mode.STRICT));

    private PeerAuthenticationReader() {}

    static MeshObject read(Meta meta, Fields policy) {
        Fields spec = policy.object("spec");
        @Nullable Map<String, String> selector = SelectorReader.workloadSelector(spec);
        Map<Integer, Mode> ports = new TreeMap<>();
        Fields levels = spec.object("portLevelMtls");
        for (String name : levels.names()) {
            boolean number = name.length() <= 5 && name.chars().allMatch(Character::isDigit);
            int port = number ? Integer.parseInt(name) : 0;
            if (port < 1 || port > 65535) {
                levels.invalid(name, "a port as key, 1-65535");
            } else {
                ports.put(port, levels.object(name).choice("mode", Mode.UNSET, MODES));
            }
        }
        if (!ports.isEmpty() && (selector == null || selector.isEmpty())) {
            spec.unsupported(
                    "portLevelMtls",
                    "modes of ports without a selector (expected: selector.matchLabels)",
                    "name the workloads whose ports are meant");
        }
        return new PeerAuthentication(
                meta, selector, spec.object("mtls").choice("mode", Mode.UNSET, MODES), ports);
    }
}
