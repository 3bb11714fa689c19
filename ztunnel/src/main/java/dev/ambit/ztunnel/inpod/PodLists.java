package dev.ambit.ztunnel.inpod;

import dev.ambit.ztunnel.state.WorkloadInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The registry's pods as others ask for them. On the control loop. */
final class PodLists {

    private PodLists() {}

    static CompletableFuture<List<PodRegistry.View>> views(
            Map<String, PodRegistry.Served> served, Map<String, PodRegistry.Pending> pending) {
        List<CompletableFuture<PodRegistry.View>> views = new ArrayList<>();
        served.forEach(
                (uid, s) ->
                        views.add(
                                s.pod()
                                        .connections()
                                        .thenApply(
                                                open ->
                                                        new PodRegistry.View(
                                                                uid, true, s.info(), open))));
        pending.forEach(
                (uid, p) ->
                        views.add(
                                CompletableFuture.completedFuture(
                                        new PodRegistry.View(uid, false, p.info(), List.of()))));
        return CompletableFuture.allOf(views.toArray(CompletableFuture[]::new))
                .thenApply(done -> views.stream().map(CompletableFuture::join).toList());
    }

    static Optional<Pod> pod(Map<String, PodRegistry.Served> served, WorkloadInfo info) {
        return served.values().stream()
                .filter(s -> s.info().equals(info))
                .map(PodRegistry.Served::pod)
                .findFirst();
    }

    static List<PodRegistry.Serving> serving(Map<String, PodRegistry.Served> served) {
        List<PodRegistry.Serving> all = new ArrayList<>();
        served.forEach(
                (uid, s) ->
                        s.pod()
                                .transfer()
                                .ifPresent(
                                        transfer ->
                                                all.add(
                                                        new PodRegistry.Serving(
                                                                uid, s.info(), s.netns(),
                                                                transfer))));
        return all;
    }

    /** Those of the known, by uid and namespace, that are served no more, or in another. */
    static List<String> gone(Map<String, Long> known, Map<String, PodRegistry.Served> served) {
        return known.entrySet().stream()
                .filter(
                        pod -> {
                            PodRegistry.Served now = served.get(pod.getKey());
                            return now == null || now.netns() != pod.getValue();
                        })
                .map(Map.Entry::getKey)
                .toList();
    }

    static String rootCause(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
