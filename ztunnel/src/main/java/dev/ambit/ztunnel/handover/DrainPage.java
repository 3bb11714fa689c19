package dev.ambit.ztunnel.handover;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ambit.runtime.admin.AdminHandler;
import dev.ambit.runtime.admin.AdminResponse;
import dev.ambit.ztunnel.inpod.PodRegistry;
import dev.ambit.ztunnel.inpod.Transfer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * {@code GET /drain}: who still holds what. Per pod its open connections; and where the processes
 * before this one that still finish answer the same question.
 */
public final class DrainPage {

    private DrainPage() {}

    /**
     * @param lingering whether this process only finishes
     * @param predecessors loopback ports of the pages of older processes that still finish
     */
    public static AdminHandler of(
            PodRegistry pods, boolean lingering, Supplier<List<Integer>> predecessors) {
        return request -> {
            Map<String, Object> page = new LinkedHashMap<>();
            page.put("pid", ProcessHandle.current().pid());
            page.put("lingering", lingering);
            page.put(
                    "predecessors",
                    predecessors.get().stream()
                            .map(port -> "http://127.0.0.1:" + port + "/drain")
                            .toList());
            List<Map<String, Object>> list = new ArrayList<>();
            for (PodRegistry.Serving pod : pods.serving().join()) {
                list.add(pod(pod));
            }
            page.put("pods", list);
            return AdminResponse.json(json(page));
        };
    }

    private static Map<String, Object> pod(PodRegistry.Serving pod) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("uid", pod.uid());
        view.put("name", pod.info().name());
        view.put("namespace", pod.info().namespace());
        List<Map<String, Object>> connections = new ArrayList<>();
        for (Transfer.Held held : pod.transfer().held().join()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("direction", held.inbound() ? "inbound" : "outbound");
            one.put("src", held.source());
            one.put("dst", held.destination());
            one.put("protocol", held.protocol());
            one.put("ageSeconds", held.age().toSeconds());
            one.put("bytesFromClient", held.received());
            one.put("bytesFromServer", held.sent());
            connections.add(one);
        }
        view.put("connections", connections);
        return view;
    }

    private static String json(Map<String, Object> page) {
        try {
            return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(page);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
