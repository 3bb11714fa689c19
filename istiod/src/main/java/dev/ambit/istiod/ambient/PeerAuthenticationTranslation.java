package dev.ambit.istiod.ambient;

import dev.ambit.api.policy.Authorization;
import dev.ambit.api.policy.Clause;
import dev.ambit.api.policy.Match;
import dev.ambit.api.policy.Rule;
import dev.ambit.api.policy.StringMatcher;
import dev.ambit.istiod.resource.ObjectName;
import dev.ambit.istiod.resource.PeerAuthentication;
import dev.ambit.istiod.resource.PeerAuthentication.Mode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * PeerAuthentication as policies a node proxy knows: STRICT is a DENY of everybody without an
 * identity. Workload wins over namespace over mesh, UNSET inherits, DISABLE counts as PERMISSIVE.
 * Pure.
 */
public final class PeerAuthenticationTranslation {
    private static final String STATIC_STRICT = "istio_converted_static_strict";
    private static final String PORT_LEVEL = "converted_peer_authentication_";

    private PeerAuthenticationTranslation() {}

    /** The policy every strict workload names. */
    public static Authorization staticStrict(String rootNamespace) {
        Match nobody = Match.builder().notPrincipals(new StringMatcher.Presence()).build();
        return deny(rootNamespace, STATIC_STRICT, nobody);
    }

    /** Whether a workload that says nothing is strict. */
    public static boolean strictByDefault(
            @Nullable PeerAuthentication mesh, @Nullable PeerAuthentication namespace) {
        boolean strict = false;
        if (mesh != null && mesh.mode() != Mode.UNSET) {
            strict = mesh.mode() == Mode.STRICT;
        }
        if (namespace != null && namespace.mode() != Mode.UNSET) {
            strict = namespace.mode() == Mode.STRICT;
        }
        return strict;
    }

    /**
     * The policies a workload names.
     *
     * @param own the one that selects it, null if none does
     */
    static List<String> keys(
            String rootNamespace, boolean strictByDefault, @Nullable PeerAuthentication own) {
        if (own != null) {
            Optional<Authorization> ports = portLevel(own, strictByDefault);
            if (ports.isPresent()) {
                return List.of(ports.get().key());
            }
        }
        return strict(own, strictByDefault)
                ? List.of(rootNamespace + "/" + STATIC_STRICT)
                : List.of();
    }

    /**
     * The policy of a PeerAuthentication whose ports differ from the rest of the workload; empty if
     * none does. With a strict rest it also holds for the rest, so that it replaces the static one.
     */
    static Optional<Authorization> portLevel(PeerAuthentication own, boolean strictByDefault) {
        boolean strict = strict(own, strictByDefault);
        TreeSet<Integer> different = new TreeSet<>();
        for (Map.Entry<Integer, Mode> port : own.ports().entrySet()) {
            boolean differs =
                    switch (port.getValue()) {
                        case UNSET -> false;
                        case STRICT -> !strict;
                        case PERMISSIVE, DISABLE -> strict;
                    };
            if (differs) {
                different.add(port.getKey());
            }
        }
        if (different.isEmpty() || own.selector() == null || own.selector().isEmpty()) {
            return Optional.empty();
        }
        Integer[] ports = different.toArray(Integer[]::new);
        var match = Match.builder().notPrincipals(new StringMatcher.Presence());
        match = strict ? match.notDestinationPorts(ports) : match.destinationPorts(ports);
        ObjectName name = own.name();
        return Optional.of(deny(name.namespace(), PORT_LEVEL + name.name(), match.build()));
    }

    private static boolean strict(@Nullable PeerAuthentication own, boolean strictByDefault) {
        if (own == null || own.mode() == Mode.UNSET) {
            return strictByDefault;
        }
        return own.mode() == Mode.STRICT;
    }

    private static Authorization deny(String namespace, String name, Match match) {
        return new Authorization(
                namespace,
                name,
                Authorization.Scope.WORKLOAD_SELECTOR,
                Authorization.Action.DENY,
                List.of(new Rule(List.of(new Clause(List.of(match))))),
                false);
    }
}
