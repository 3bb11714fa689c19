package dev.ambit.istiod;

import dev.ambit.api.TypeUrls;
import dev.ambit.api.proto.ztunnel.AccessLog;
import dev.ambit.api.proto.ztunnel.Scope;
import dev.ambit.api.proto.ztunnel.Telemetry;
import dev.ambit.istiod.ambient.AmbientTables;
import dev.ambit.istiod.ambient.L4Telemetry;
import dev.ambit.istiod.resource.ObjectName;
import dev.ambit.istiod.xds.ResourceCatalog;
import dev.ambit.istiod.xds.ResourceScope;
import dev.ambit.policy.telemetry.AccessFilter;
import dev.ambit.policy.telemetry.AccessRule;
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
        AccessRule rule = telemetry.access();
        AccessFilter filter = rule.filter();
        List<String> uids = telemetry.uids();
        Scope scope =
                uids != null ? Scope.WORKLOADS : telemetry.mesh() ? Scope.MESH : Scope.NAMESPACE;
        return Telemetry.newBuilder()
                .setNamespace(name.namespace())
                .setName(name.name())
                .setScope(scope)
                .addAllWorkloadUids(uids == null ? List.of() : uids)
                .setAccessLog(
                        AccessLog.newBuilder()
                                .setInbound(rule.inbound())
                                .setOutbound(rule.outbound())
                                .setFilter(filter == null ? "" : filter.text())
                                .setSampling(rule.sampling()))
                .setCreated(telemetry.created())
                .build();
    }
}
