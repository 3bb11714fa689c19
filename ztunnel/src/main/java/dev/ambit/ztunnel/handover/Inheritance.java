package dev.ambit.ztunnel.handover;

import dev.ambit.api.proto.handover.Pod;
import dev.ambit.api.proto.handover.ToNew;
import dev.ambit.runtime.linux.Descriptors;
import dev.ambit.runtime.linux.Netns;
import dev.ambit.ztunnel.inpod.Inherited;
import dev.ambit.ztunnel.inpod.PodRegistry;
import dev.ambit.ztunnel.state.WorkloadInfo;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the old process has sent and nobody serves yet. Owns the descriptors until they are served.
 * One thread.
 */
final class Inheritance implements AutoCloseable {

    private final Map<String, Estate> pods = new LinkedHashMap<>();
    private final Map<String, List<Integer>> ports = new LinkedHashMap<>();
    private final Set<String> certified = new HashSet<>();

    private static final class Estate {
        private final WorkloadInfo info;
        private final List<Inherited.Listener> listeners = new ArrayList<>();
        private int netns = -1;

        Estate(WorkloadInfo info) {
            this.info = info;
        }

        void close() {
            listeners.forEach(listener -> Descriptors.close(listener.descriptor()));
            if (netns >= 0) {
                Descriptors.close(netns);
            }
        }
    }

    /** Takes what a message brings; what it does not know it lets go. */
    void collect(Heard<ToNew> heard) throws LineBroken {
        ToNew message = heard.message();
        switch (message.getKindCase()) {
            case POD -> pod(message.getPod(), heard.descriptors());
            case PORT -> {
                List<Integer> sockets =
                        ports.computeIfAbsent(
                                message.getPort().getName(), name -> new ArrayList<>());
                for (int descriptor : heard.descriptors()) {
                    sockets.add(descriptor);
                }
            }
            case GONE -> {
                certified.remove(message.getGone().getUid());
                Estate gone = pods.remove(message.getGone().getUid());
                if (gone != null) {
                    gone.close();
                }
                Line.close(heard.descriptors());
            }
            case WELCOME,
                    REFUSED,
                    OFFERED,
                    RELEASED,
                    RETIRED,
                    SESSIONS,
                    BYTES,
                    COMMIT,
                    KIND_NOT_SET ->
                    Line.close(heard.descriptors());
        }
    }

    private void pod(Pod pod, int[] descriptors) throws LineBroken {
        int expected = pod.getListenersCount() + (pod.getNetns() ? 1 : 0);
        if (descriptors.length != expected) {
            Line.close(descriptors);
            throw new LineBroken(
                    "pod %s: %d descriptors (expected: %d)"
                            .formatted(pod.getUid(), descriptors.length, expected));
        }
        if (pod.getNetns()) {
            Estate before = pods.remove(pod.getUid());
            if (before != null) {
                before.close();
            }
        }
        Estate estate =
                pods.computeIfAbsent(
                        pod.getUid(),
                        uid ->
                                new Estate(
                                        new WorkloadInfo(
                                                pod.getName(),
                                                pod.getNamespace(),
                                                pod.getServiceAccount())));
        int at = 0;
        if (pod.getNetns()) {
            estate.netns = descriptors[at++];
        }
        for (var listener : pod.getListenersList()) {
            estate.listeners.add(
                    new Inherited.Listener(
                            listener.getPort(), listener.getDatagram(), descriptors[at++]));
        }
        if (pod.getCertified()) {
            certified.add(pod.getUid());
        }
    }

    /** The old process's own ports; the caller owns their descriptors from here. */
    Map<String, List<Integer>> ports() {
        Map<String, List<Integer>> taken = new LinkedHashMap<>(ports);
        ports.clear();
        return taken;
    }

    boolean certified(String uid) {
        return certified.contains(uid);
    }

    /** Gives all pods to the registry; throws if one cannot be served. */
    void serve(PodRegistry registry) throws LineBroken {
        Map<String, Estate> now = new LinkedHashMap<>(pods);
        pods.clear();
        String wrong = null;
        for (var entry : now.entrySet()) {
            String error = serve(registry, entry.getKey(), entry.getValue());
            wrong = error.isEmpty() ? wrong : error;
        }
        if (wrong != null) {
            throw new LineBroken(wrong);
        }
    }

    private static String serve(PodRegistry registry, String uid, Estate estate) {
        @Nullable Netns netns = null;
        try {
            for (Inherited.Listener listener : estate.listeners) {
                if (!listener.datagram() && !Descriptors.isListening(listener.descriptor())) {
                    throw new IllegalArgumentException(
                            "port " + listener.port() + ": not a listening socket");
                }
            }
            netns = Netns.ofFd(estate.netns);
        } catch (RuntimeException unusable) {
            estate.netns = -1;
            estate.close();
            return "pod " + uid + ": " + unusable.getMessage();
        }
        return registry.take(uid, estate.info, netns, new Inherited(estate.listeners)).join();
    }

    @Override
    public void close() {
        pods.values().forEach(Estate::close);
        pods.clear();
        ports.values().forEach(sockets -> sockets.forEach(Descriptors::close));
        ports.clear();
    }
}
