package dev.ambit.ztunnel.state;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.ambit.api.InvalidResource;
import dev.ambit.api.TypeUrls;
import dev.ambit.api.proto.ztunnel.AccessLog;
import dev.ambit.api.proto.ztunnel.Telemetry;
import dev.ambit.api.proto.ztunnel.Tracing;
import dev.ambit.client.ads.Named;
import dev.ambit.client.ads.ResourceHandler;
import dev.ambit.policy.telemetry.AccessFilter;
import dev.ambit.policy.telemetry.AccessRule;
import dev.ambit.policy.telemetry.AccessRules;
import dev.ambit.policy.telemetry.TraceRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Takes what the control plane says of access logs and spans into the rules in force. On the
 * control loop.
 */
public final class TelemetryUpdater implements ResourceHandler<AccessRules.Stated> {

    private final AccessRule otherwise;
    private final Consumer<AccessRules> follow;
    private final Map<String, AccessRules.Stated> stated = new TreeMap<>();

    /**
     * @param otherwise what holds where the control plane says nothing
     * @param follow gets the rules after each change
     */
    public TelemetryUpdater(AccessRule otherwise, Consumer<AccessRules> follow) {
        this.otherwise = otherwise;
        this.follow = follow;
    }

    @Override
    public String typeUrl() {
        return TypeUrls.ZTUNNEL_TELEMETRY;
    }

    @Override
    public AccessRules.Stated decode(String name, ByteString value) throws InvalidResource {
        try {
            Telemetry telemetry = Telemetry.parseFrom(value);
            return new AccessRules.Stated(
                    name,
                    scope(telemetry),
                    telemetry.hasAccessLog() ? access(telemetry.getAccessLog()) : null,
                    telemetry.hasTracing() ? tracing(telemetry.getTracing()) : null,
                    telemetry.getCreated());
        } catch (InvalidProtocolBufferException broken) {
            throw new InvalidResource("not a Telemetry: " + broken.getMessage());
        } catch (IllegalArgumentException wrong) {
            throw new InvalidResource(String.valueOf(wrong.getMessage()));
        }
    }

    private static AccessRule access(AccessLog log) {
        return new AccessRule(
                log.getInbound(),
                log.getOutbound(),
                log.getFilter().isEmpty() ? null : AccessFilter.parse(log.getFilter()),
                log.getSampling());
    }

    private static TraceRule tracing(Tracing tracing) {
        return new TraceRule(
                tracing.getInbound(),
                tracing.getOutbound(),
                tracing.hasSampling() ? tracing.getSampling() : null);
    }

    private static AccessRules.Scope scope(Telemetry telemetry) throws InvalidResource {
        return switch (telemetry.getScope()) {
            case MESH -> new AccessRules.Scope.Mesh();
            case NAMESPACE -> new AccessRules.Scope.Namespace(telemetry.getNamespace());
            case WORKLOADS -> new AccessRules.Scope.Workloads(telemetry.getWorkloadUidsList());
            case UNRECOGNIZED -> throw new InvalidResource("scope: not known to this version");
        };
    }

    @Override
    public Map<String, String> apply(
            List<Named<AccessRules.Stated>> updates, List<String> removals) {
        removals.forEach(stated::remove);
        updates.forEach(u -> stated.put(u.name(), u.value()));
        follow.accept(AccessRules.of(otherwise, new ArrayList<>(stated.values())));
        return Map.of();
    }
}
