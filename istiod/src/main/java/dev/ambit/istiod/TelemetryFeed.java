package dev.ambit.istiod;

import dev.ambit.api.TypeUrls;
import dev.ambit.api.proto.ztunnel.AccessLog;
import dev.ambit.api.proto.ztunnel.Scope;
import dev.ambit.api.proto.ztunnel.Telemetry;
import dev.ambit.api.proto.ztunnel.Tracing;
import dev.ambit.istiod.ambient.AmbientTables;
import dev.ambit.istiod.ambient.L4Telemetry;
import dev.ambit.istiod.resource.ObjectName;
import dev.ambit.istiod.xds.ResourceCatalog;
import dev.ambit.istiod.xds.ResourceScope;
import dev.ambit.policy.telemetry.AccessFilter;
import dev.ambit.policy.telemetry.AccessRule;
import dev.ambit.policy.telemetry.TraceRule;
import java.util.List;

/** Writes changed telemetry of node proxies into the catalog. On the mesh loop. */
final class TelemetryFeed {

    private static final ResourceScope ALL = ResourceScope.everybody(TypeUrls.ZTUNNEL_TELEMETRY);

    private TelemetryFeed() {}

    static void connect(AmbientTables tables, ResourceCatalog catalog) {
        tables.telemetries()
                .onEachChange(
                        name -> {
                            L4Telemetry telemetry = tables.telemetries().get(name);
                            if (telemetry == null) {
                                catalog.remove(ALL, name.toString());
                            } else {
                                catalog.put(ALL, name.toString(), proto(name, telemetry));
                            }
                        });
    }

    private static Telemetry proto(ObjectName name, L4Telemetry telemetry) {
        List<String> uids = telemetry.uids();
        Scope scope =
                uids != null ? Scope.WORKLOADS : telemetry.mesh() ? Scope.MESH : Scope.NAMESPACE;
        Telemetry.Builder proto =
                Telemetry.newBuilder()
                        .setNamespace(name.namespace())
                        .setName(name.name())
                        .setScope(scope)
                        .addAllWorkloadUids(uids == null ? List.of() : uids)
                        .setCreated(telemetry.created());
        if (telemetry.access() != null) {
            proto.setAccessLog(accessLog(telemetry.access()));
        }
        if (telemetry.tracing() != null) {
            proto.setTracing(tracing(telemetry.tracing()));
        }
        return proto.build();
    }

    private static AccessLog accessLog(AccessRule rule) {
        AccessFilter filter = rule.filter();
        return AccessLog.newBuilder()
                .setInbound(rule.inbound())
                .setOutbound(rule.outbound())
                .setFilter(filter == null ? "" : filter.text())
                .setSampling(rule.sampling())
                .build();
    }

    private static Tracing tracing(TraceRule rule) {
        Tracing.Builder proto =
                Tracing.newBuilder().setInbound(rule.inbound()).setOutbound(rule.outbound());
        if (rule.sampling() != null) {
            proto.setSampling(rule.sampling());
        }
        return proto.build();
    }
}
