package dev.ambit.perf.bed;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ambit.demo.bed.Pod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The state of the mesh as a file (ambient.md 1.26), which every ztunnel reads alike: so that no
 * control plane takes part in a figure.
 *
 * @param farWorkloads how many more workloads there are, on other nodes
 * @param policies how many DENY policies apply to every pod, none of which matches anybody
 */
public record MeshFile(int farWorkloads, int policies) {

    static final int RULES = 10;

    private static final int FAR_NODES = 500;
    private static final int FAR_ACCOUNTS = 1000;
    private static final int GUARDED_PORT = 9999;

    /** Nothing but the pods of the bed. */
    public static final MeshFile PODS = new MeshFile(0, 0);

    String name() {
        return "mesh-" + farWorkloads + "-" + policies + ".json";
    }

    void write(Path file, List<Pod> inside, List<Pod> outside) {
        try (JsonGenerator json =
                new ObjectMapper().createGenerator(file.toFile(), JsonEncoding.UTF8)) {
            json.writeStartObject();
            json.writeArrayFieldStart("workloads");
            for (Pod pod : inside) {
                pod(json, pod, Manifests.INSIDE, "HBONE");
            }
            for (Pod pod : outside) {
                pod(json, pod, Manifests.OUTSIDE, "TCP");
            }
            for (int i = 0; i < farWorkloads; i++) {
                String ip = "10." + (100 + i / 65536) + "." + i / 256 % 256 + "." + i % 256;
                String account = "sa" + i % FAR_ACCOUNTS;
                String node = "x" + i % FAR_NODES;
                workload(json, new Known("far", "w" + i, account, ip, node, "HBONE"));
            }
            json.writeEndArray();
            json.writeArrayFieldStart("policies");
            for (int i = 0; i < policies; i++) {
                policy(json, i);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("services");
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Known(
            String namespace,
            String name,
            String account,
            String ip,
            String node,
            String protocol) {}

    private static void pod(JsonGenerator json, Pod pod, String namespace, String protocol)
            throws IOException {
        String node = pod.node().name();
        workload(json, new Known(namespace, pod.name(), pod.name(), pod.address(), node, protocol));
    }

    private static void workload(JsonGenerator json, Known w) throws IOException {
        json.writeStartObject();
        json.writeStringField("uid", "Kubernetes//Pod/" + w.namespace() + "/" + w.name());
        json.writeStringField("name", w.name());
        json.writeStringField("namespace", w.namespace());
        json.writeStringField("serviceAccount", w.account());
        json.writeStringField("trustDomain", "cluster.local");
        json.writeArrayFieldStart("workloadIps");
        json.writeString(w.ip());
        json.writeEndArray();
        json.writeStringField("node", w.node());
        json.writeStringField("network", "");
        json.writeStringField("protocol", w.protocol());
        json.writeObjectFieldStart("services");
        json.writeEndObject();
        json.writeEndObject();
    }

    /** Each rule: one account, to one port. */
    private static void policy(JsonGenerator json, int number) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", "deny-" + number);
        json.writeStringField("namespace", Manifests.INSIDE);
        json.writeStringField("scope", "Namespace");
        json.writeStringField("action", "Deny");
        json.writeBooleanField("dryRun", false);
        json.writeArrayFieldStart("rules");
        for (int r = 0; r < RULES; r++) {
            json.writeStartArray();
            json.writeStartArray();
            json.writeStartObject();
            json.writeArrayFieldStart("serviceAccounts");
            json.writeStartObject();
            json.writeStringField("namespace", "far");
            json.writeStringField("serviceAccount", "nobody-" + number + "-" + r);
            json.writeEndObject();
            json.writeEndArray();
            json.writeEndObject();
            json.writeEndArray();
            json.writeStartArray();
            json.writeStartObject();
            json.writeArrayFieldStart("destinationPorts");
            json.writeNumber(LoadPorts.HTTP);
            json.writeNumber(GUARDED_PORT);
            json.writeEndArray();
            json.writeEndObject();
            json.writeEndArray();
            json.writeEndArray();
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
