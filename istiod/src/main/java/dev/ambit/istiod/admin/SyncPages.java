package dev.ambit.istiod.admin;

import dev.ambit.api.TypeUrls;
import dev.ambit.istiod.xds.SessionStatus;
import dev.ambit.istiod.xds.WatchStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What proxies were told and took, in the shape istioctl and Kiali read (ecosystem.md 2.2). */
public final class SyncPages {

    /** Our resource types under the four pairs the tools know. */
    private static final Map<String, String> PAIRS =
            Map.of(
                    TypeUrls.ADDRESS, "endpoint",
                    TypeUrls.WAYPOINT_LISTENER, "listener",
                    TypeUrls.WAYPOINT_SERVICE, "cluster",
                    TypeUrls.WAYPOINT_ROUTE, "route");

    private SyncPages() {}

    /** {@code /debug/syncz}. */
    public static List<Map<String, Object>> syncz(
            List<SessionStatus> sessions, String version, String clusterId) {
        List<Map<String, Object>> all = new ArrayList<>();
        for (SessionStatus s : sessions) {
            Map<String, Object> entry = new LinkedHashMap<>();
            String cluster = s.node().clusterId();
            entry.put("cluster_id", cluster.isEmpty() ? clusterId : cluster);
            entry.put("proxy", s.node().name());
            entry.put("proxy_type", s.node().id().type());
            entry.put("proxy_version", s.node().version());
            entry.put("istio_version", version);
            Map<String, Object> resources = new LinkedHashMap<>();
            for (WatchStatus w : s.watches()) {
                String pair = PAIRS.get(w.typeUrl());
                if (pair != null) {
                    entry.put(pair + "_sent", w.sent());
                    entry.put(pair + "_acked", w.acked());
                }
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("sent", w.sent());
                one.put("acked", w.acked());
                one.put("sentTime", w.sentAt().toString());
                if (!w.lastError().isEmpty()) {
                    one.put("lastError", w.lastError());
                }
                resources.put(w.typeUrl(), one);
            }
            entry.put("resources", resources);
            all.add(entry);
        }
        return all;
    }

    /** {@code /debug/adsz}. */
    public static Map<String, Object> adsz(List<SessionStatus> sessions) {
        List<Map<String, Object>> clients = new ArrayList<>();
        for (SessionStatus s : sessions) {
            Map<String, Object> client = new LinkedHashMap<>();
            client.put("connectionId", s.node().name() + "-" + s.id());
            client.put("node", s.node().id().toString());
            client.put("gateway", s.node().gateway());
            client.put("caller", s.caller());
            client.put("address", s.peer());
            client.put("connectedAt", s.connectedAt().toString());
            Map<String, Object> watches = new LinkedHashMap<>();
            for (WatchStatus w : s.watches()) {
                Map<String, Object> watch = new LinkedHashMap<>();
                watch.put("resources", w.resources());
                watch.put("nonceSent", w.sent());
                watch.put("nonceAcked", w.acked());
                watch.put("sentAt", w.sentAt().toString());
                watch.put("ackedAt", w.ackedAt().toString());
                watch.put("lastError", w.lastError());
                watches.put(w.typeUrl(), watch);
            }
            client.put("watches", watches);
            clients.add(client);
        }
        Map<String, Object> page = new LinkedHashMap<>();
        page.put("totalClients", clients.size());
        page.put("clients", clients);
        return page;
    }
}
