package dev.ambit.tests.mesh;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;

/** A ztunnel's /config_dump, ours or a peer's. */
public record ConfigDump(JsonNode root) {

    private static final ObjectMapper JSON = new ObjectMapper();

    public static ConfigDump of(String text) {
        try {
            return new ConfigDump(JSON.readTree(text));
        } catch (JsonProcessingException e) {
            throw new AssertionError("config_dump is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** HBONE or TCP; empty if no workload has this address. */
    public String protocolOf(String ip) {
        for (JsonNode w : root.path("workloads")) {
            for (JsonNode address : w.path("workloadIps")) {
                if (address.asText().equals(ip)) {
                    return w.path("protocol").asText("TCP");
                }
            }
        }
        return "";
    }

    /** Whether the workload with this address may get new connections; false if there is none. */
    public boolean healthy(String ip) {
        for (JsonNode w : root.path("workloads")) {
            for (JsonNode address : w.path("workloadIps")) {
                if (address.asText().equals(ip)) {
                    return w.path("status").asText("Healthy").equals("Healthy");
                }
            }
        }
        return false;
    }

    public boolean hasPolicy(String namespace, String name) {
        for (JsonNode p : root.path("policies")) {
            if (p.path("name").asText().equals(name)
                    && p.path("namespace").asText("").equals(namespace)) {
                return true;
            }
        }
        return false;
    }

    /** Serial of the current leaf of an identity; empty if there is none. */
    public String serialOf(String identity) {
        for (JsonNode c : root.path("certificates")) {
            if (c.path("identity").asText().equals(identity)) {
                return c.path("certChain").path(0).path("serialNumber").asText();
            }
        }
        return "";
    }

    /** Serials of all current leaves. */
    public List<String> serials() {
        List<String> serials = new ArrayList<>();
        for (JsonNode c : root.path("certificates")) {
            serials.add(c.path("certChain").path(0).path("serialNumber").asText());
        }
        return serials;
    }

    public boolean hasService(String hostname) {
        for (JsonNode s : root.path("services")) {
            if (s.path("hostname").asText().equals(hostname)) {
                return true;
            }
        }
        return false;
    }
}
