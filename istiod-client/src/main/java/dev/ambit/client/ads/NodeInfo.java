package dev.ambit.client.ads;

import java.util.Map;

/**
 * Who subscribes: {@code ztunnel~<ip>~<pod>.<ns>~<ns>.svc.cluster.local} and what istiod wants to
 * know besides (ambient.md 1.16).
 *
 * @param metadata values are strings, numbers, booleans, lists and maps of them
 */
public record NodeInfo(String id, Map<String, Object> metadata) {
    public NodeInfo {
        metadata = Map.copyOf(metadata);
    }
}
