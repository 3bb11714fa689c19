package dev.ambit.tests.mesh;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** A ztunnel's /config_dump, ours or a peer's. */
record ConfigDump(JsonNode root) {

    private static final ObjectMapper JSON = new ObjectMapper();

    static ConfigDump of(String text) {
        try {
            return new ConfigDump(JSON.readTree(text));
        } catch (JsonProcessingException e) {
            throw new AssertionError("config_dump is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** HBONE or TCP; empty if no workload has this address. */
    String protocolOf(String ip) {
        for (JsonNode w : root.path("workloads")) {
            for (JsonNode address : w.path("workloadIps")) {
                if (address.asText().equals(ip)) {
                    return w.path("protocol").asText("TCP");
                }
            }
        }
        return "";
    }

    boolean hasPolicy(String namespace, String name) {
        for (JsonNode p : root.path("policies")) {
            if (p.path("name").asText().equals(name)
                    && p.path("namespace").asText("").equals(namespace)) {
                return true;
            }
        }
        return false;
    }

    /** Serial of the current leaf of an identity; empty if there is none. */
    String serialOf(String identity) {
        for (JsonNode c : root.path("certificates")) {
            if (c.path("identity").asText().equals(identity)) {
                return c.path("certChain").path(0).path("serialNumber").asText();
            }
        }
        return "";
    }

    boolean hasService(String hostname) {
        for (JsonNode s : root.path("services")) {
            if (s.path("hostname").asText().equals(hostname)) {
                return true;
            }
        }
        return false;
    }
}
