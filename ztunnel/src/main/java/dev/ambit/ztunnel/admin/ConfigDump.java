package dev.ambit.ztunnel.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.ambit.api.policy.Authorization;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.Workload;
import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.rotation.CertificateState;
import dev.ambit.policy.state.MeshView;
import dev.ambit.ztunnel.inpod.Pod;
import dev.ambit.ztunnel.inpod.PodRegistry;
import dev.ambit.ztunnel.state.LocalStateFile;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /config_dump}: all this process knows, in the form of upstream's (ambient.md 1.3),
 * which {@code istioctl ztunnel-config} and Kiali read. Runs on a virtual thread.
 *
 * @param mesh what the control plane told
 * @param certificates of this node's workloads
 * @param pods that are served; empty in dedicated mode
 * @param fixed what belongs to the process
 */
public record ConfigDump(
        MeshView mesh,
        Supplier<Map<SpiffeId, CertificateState>> certificates,
        Supplier<List<PodRegistry.View>> pods,
        Fixed fixed) {

    /** Data binding is many classes; most processes are never asked. */
    private static final class Json {
        static final ObjectWriter PRETTY = new ObjectMapper().writerWithDefaultPrettyPrinter();
    }

    /**
     * @param config the effective configuration
     * @param version of this build
     * @param localState from a file, null without
     * @param staleSince when the state was told, if it is a cached one; gives null if it is the
     *     control plane's
     */
    public record Fixed(
            Map<String, @Nullable Object> config,
            Map<String, String> version,
            @Nullable LocalStateFile localState,
            Supplier<@Nullable Instant> staleSince) {}

    /** The whole dump. */
    public String json() throws JsonProcessingException {
        return Json.PRETTY.writeValueAsString(
                new JsonFields()
                        .put("workloads", workloads())
                        .put("services", services())
                        .put("policies", policies(mesh.authorizations()))
                        .put("stagedServices", staged())
                        .put("staticConfig", staticConfig())
                        .put("version", fixed.version())
                        .put("config", fixed.config())
                        .put("certificates", CertificateDump.all(certificates.get()))
                        .put("workloadState", workloadState())
                        .maybe("stateStaleSince", staleSince())
                        .map());
    }

    private @Nullable String staleSince() {
        Instant since = fixed.staleSince().get();
        return since == null ? null : since.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private List<?> workloads() {
        return mesh.workloads().stream()
                .sorted(Comparator.comparing(Workload::uid))
                .map(AddressDump::workload)
                .toList();
    }

    private List<?> services() {
        return mesh.services().stream()
                .sorted(
                        Comparator.comparing(MeshService::hostname)
                                .thenComparing(MeshService::namespace))
                .map(s -> AddressDump.service(s, mesh.endpoints(s.key())))
                .toList();
    }

    private static List<?> policies(Iterable<Authorization> policies) {
        Map<String, Object> sorted = new TreeMap<>();
        policies.forEach(p -> sorted.put(p.key(), PolicyDump.policy(p)));
        return List.copyOf(sorted.values());
    }

    private Map<String, ?> staged() {
        Map<String, Object> staged = new TreeMap<>();
        mesh.stagedEndpoints()
                .forEach(
                        (service, endpoints) -> {
                            Map<String, Object> byUid = new TreeMap<>();
                            endpoints.forEach(
                                    e -> byUid.put(e.workload().uid(), AddressDump.endpoint(e)));
                            staged.put(service.toString(), byUid);
                        });
        return staged;
    }

    private Map<String, @Nullable Object> staticConfig() {
        LocalStateFile file = fixed.localState();
        JsonFields fields = new JsonFields();
        if (file == null) {
            return fields.put("workloads", List.of())
                    .put("policies", List.of())
                    .put("services", List.of())
                    .map();
        }
        return fields.put(
                        "workloads",
                        file.workloads().stream().map(AddressDump::localWorkload).toList())
                .put("policies", policies(file.policies()))
                .put(
                        "services",
                        file.services().stream()
                                .map(s -> AddressDump.service(s, List.of()))
                                .toList())
                .map();
    }

    private Map<String, ?> workloadState() {
        Map<String, Object> states = new TreeMap<>();
        for (PodRegistry.View pod : pods.get()) {
            JsonFields fields = new JsonFields().put("state", pod.up() ? "Up" : "Pending");
            if (pod.up()) {
                fields.put(
                        "connections",
                        new JsonFields()
                                .put("inbound", connections(pod.connections(), true))
                                .put("outbound", connections(pod.connections(), false))
                                .map());
            }
            states.put(
                    pod.uid(),
                    fields.put(
                                    "info",
                                    new JsonFields()
                                            .put("name", pod.info().name())
                                            .put("namespace", pod.info().namespace())
                                            .put("serviceAccount", pod.info().serviceAccount())
                                            .map())
                            .map());
        }
        return states;
    }

    private static List<?> connections(List<Pod.OpenConnection> connections, boolean inbound) {
        return connections.stream()
                .filter(c -> c.inbound() == inbound)
                .map(
                        c ->
                                new JsonFields()
                                        .put("src", c.source())
                                        .put("originalDst", c.originalDestination())
                                        .put("actualDst", c.actualDestination())
                                        .put("protocol", c.protocol())
                                        .maybe("tlsGroup", c.tlsGroup())
                                        .map())
                .toList();
    }
}
