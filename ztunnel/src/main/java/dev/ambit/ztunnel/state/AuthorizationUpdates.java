package dev.ambit.ztunnel.state;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.ambit.api.InvalidResource;
import dev.ambit.api.TypeUrls;
import dev.ambit.api.policy.Authorization;
import dev.ambit.api.policy.AuthorizationCodec;
import dev.ambit.api.proto.security.Scope;
import dev.ambit.client.ads.Named;
import dev.ambit.client.ads.ResourceHandler;
import dev.ambit.policy.state.MeshState;
import dev.ambit.policy.state.UnknownPolicy;
import dev.ambit.runtime.log.Log;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes policies. One that cannot be understood is refused by name, and what was known under that
 * name stays in force. Where nothing was, a policy with an action of a later version becomes one
 * that denies all it could be about: it might have meant to deny. Any other becomes so only if that
 * was asked for. On the control loop.
 */
final class AuthorizationUpdates implements ResourceHandler<Authorization> {

    private static final Log LOG = Log.get("state::policy");

    private final MeshState mesh;
    private final UnknownPolicy rejected;

    /** Of the response that is being decoded, by key. */
    private final Map<String, Authorization> closed = new LinkedHashMap<>();

    AuthorizationUpdates(MeshState mesh, UnknownPolicy rejected) {
        this.mesh = mesh;
        this.rejected = rejected;
    }

    @Override
    public String typeUrl() {
        return TypeUrls.AUTHORIZATION;
    }

    @Override
    public Authorization decode(String name, ByteString value) throws InvalidResource {
        dev.ambit.api.proto.security.Authorization message;
        try {
            message = dev.ambit.api.proto.security.Authorization.parseFrom(value);
        } catch (InvalidProtocolBufferException broken) {
            int slash = name.indexOf('/');
            if (rejected == UnknownPolicy.DENY && slash >= 0 && slash + 1 < name.length()) {
                String namespace = name.substring(0, slash);
                close(namespace, name.substring(slash + 1), Scope.NAMESPACE);
            }
            throw new InvalidResource("not an Authorization: " + broken.getMessage());
        }
        try {
            return AuthorizationCodec.fromProto(message);
        } catch (InvalidResource notUnderstood) {
            boolean mayDeny =
                    rejected == UnknownPolicy.DENY || !AuthorizationCodec.hasKnownAction(message);
            if (mayDeny && !message.getDryRun() && !message.getName().isEmpty()) {
                close(message.getNamespace(), message.getName(), message.getScope());
            }
            throw notUnderstood;
        }
    }

    private void close(String namespace, String name, Scope scope) {
        Authorization policy = AuthorizationCodec.closed(namespace, name, scope);
        closed.put(policy.key(), policy);
    }

    @Override
    public Map<String, String> apply(List<Named<Authorization>> updates, List<String> removals) {
        List<Authorization> policies = new ArrayList<>();
        closed.forEach(
                (key, policy) -> {
                    if (mesh.authorization(key) == null) {
                        policies.add(policy);
                        LOG.error(
                                "AMB1210 policy not understood: everything it could be about is denied",
                                "policy",
                                key,
                                "scope",
                                policy.scope(),
                                "action",
                                "correct the policy, or run a version that knows it");
                    }
                });
        closed.clear();
        updates.forEach(update -> policies.add(update.value()));
        mesh.applyAuthorizations(policies, removals);
        return Map.of();
    }
}
