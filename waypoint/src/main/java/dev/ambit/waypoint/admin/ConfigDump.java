package dev.ambit.waypoint.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.ambit.api.waypoint.WaypointListener;
import dev.ambit.api.waypoint.WaypointPolicy;
import dev.ambit.api.waypoint.WaypointResource;
import dev.ambit.api.waypoint.WaypointRoute;
import dev.ambit.api.waypoint.WaypointService;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.Workload;
import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.rotation.CertificateState;
import dev.ambit.policy.state.MeshView;
import dev.ambit.waypoint.xds.WaypointSnapshot;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What this waypoint knows and would decide by, as JSON. */
public final class ConfigDump {

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final Supplier<WaypointSnapshot> snapshot;
    private final MeshView mesh;
    private final Supplier<CertificateState> certificate;
    private final SpiffeId identity;
    private final Map<String, String> version;

    public ConfigDump(
            Supplier<WaypointSnapshot> snapshot,
            MeshView mesh,
            Supplier<CertificateState> certificate,
            SpiffeId identity,
            Map<String, String> version) {
        this.snapshot = snapshot;
        this.mesh = mesh;
        this.certificate = certificate;
        this.identity = identity;
        this.version = Map.copyOf(version);
    }

    public String json() {
        WaypointSnapshot now = snapshot.get();
        Map<String, @Nullable Object> dump = new LinkedHashMap<>();
        dump.put("gateway", now.gateway().toString());
        dump.put("waypointFor", now.waypointFor().name());
        dump.put("listeners", resources(now, WaypointListener.class));
        dump.put("services", resources(now, WaypointService.class));
        dump.put("routes", resources(now, WaypointRoute.class));
        dump.put("policies", resources(now, WaypointPolicy.class));
        dump.put("workloads", sortedWorkloads());
        dump.put("meshServices", sortedServices());
        dump.put("certificates", List.of(certificate()));
        dump.put("version", version);
        try {
            return JSON.writeValueAsString(dump);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("snapshot cannot be written as JSON", e);
        }
    }

    private static Object resources(WaypointSnapshot now, Class<? extends WaypointResource> kind) {
        return now.resources().stream().filter(kind::isInstance).map(RecordView::of).toList();
    }

    private Object sortedWorkloads() {
        return mesh.workloads().stream()
                .sorted(Comparator.comparing(Workload::uid))
                .map(RecordView::of)
                .toList();
    }

    private Object sortedServices() {
        return mesh.services().stream()
                .sorted(Comparator.comparing(MeshService::resourceName))
                .map(RecordView::of)
                .toList();
    }

    private Map<String, String> certificate() {
        Map<String, String> view = new LinkedHashMap<>();
        view.put("identity", identity.uri());
        switch (certificate.get()) {
            case CertificateState.Fetching fetching -> view.put("state", "Initializing");
            case CertificateState.Unavailable unavailable ->
                    view.put("state", "Unavailable: " + unavailable.reason());
            case CertificateState.Ready ready -> {
                view.put("state", "Available");
                view.put("serialNumber", ready.contexts().serial().toString());
                view.put("validFrom", ready.certificate().notBefore().toString());
                view.put("expirationTime", ready.certificate().notAfter().toString());
            }
        }
        return view;
    }
}
