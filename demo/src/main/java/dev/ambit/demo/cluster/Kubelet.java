package dev.ambit.demo.cluster;

import dev.ambit.demo.bed.Bed;
import dev.ambit.demo.bed.Launch;
import dev.ambit.demo.bed.Node;
import dev.ambit.demo.bed.Pod;
import dev.ambit.demo.bed.Probe;
import dev.ambit.demo.bed.Running;
import dev.ambit.demo.cluster.PodLife.Phase;
import dev.ambit.demo.cluster.PodTemplate.Readiness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Runs the pods that are wanted and ends those that are not: each step moves each pod as far as it
 * can go at once, and waits for none. Owned by the cluster's thread.
 */
final class Kubelet {

    /** A leaving pod answers for this long, until nobody is told to use it any more. */
    private static final Duration LEAVE = Duration.ofSeconds(2);

    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final Duration SAY_WAITING_AFTER = Duration.ofSeconds(30);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final Bed bed;
    private final Enrolment enrolment;
    private final PodEnvironment environment;
    private final Consumer<String> news;
    private final List<PodLife> pods = new ArrayList<>();
    private final Map<String, Integer> lastNumber = new HashMap<>();

    Kubelet(Bed bed, Enrolment enrolment, PodEnvironment environment, Consumer<String> news) {
        this.bed = bed;
        this.enrolment = enrolment;
        this.environment = environment;
        this.news = news;
    }

    List<PodLife> pods() {
        return List.copyOf(pods);
    }

    /** Moves everything one step; true if anything changed. */
    boolean step(Desired desired) {
        boolean changed = false;
        for (PodTemplate template : desired.templates()) {
            changed |= scale(template);
        }
        for (PodLife pod : pods) {
            boolean orphan =
                    desired.templates().stream()
                            .noneMatch(t -> t.fullOwner().equals(pod.template().fullOwner()));
            if (orphan && pod.wanted()) {
                leave(pod);
                changed = true;
            }
        }
        for (PodLife pod : List.copyOf(pods)) {
            changed |= advance(pod, desired);
        }
        return changed;
    }

    /** New pods first; old ones leave when as many new ones are ready. */
    private boolean scale(PodTemplate template) {
        List<PodLife> wanted =
                pods.stream()
                        .filter(p -> p.template().fullOwner().equals(template.fullOwner()))
                        .filter(PodLife::wanted)
                        .toList();
        List<PodLife> current =
                wanted.stream().filter(p -> p.template().hash().equals(template.hash())).toList();
        boolean changed = false;
        for (int missing = template.replicas() - current.size(); missing > 0; missing--) {
            pods.add(create(template));
            changed = true;
        }
        for (PodLife extra :
                current.subList(Math.min(template.replicas(), current.size()), current.size())) {
            leave(extra);
            changed = true;
        }
        if (current.stream().filter(PodLife::ready).count() >= template.replicas()) {
            for (PodLife old : wanted) {
                if (!current.contains(old)) {
                    leave(old);
                    changed = true;
                }
            }
        }
        return changed;
    }

    private PodLife create(PodTemplate template) {
        String set = template.owner() + "-" + template.hash();
        int number = lastNumber.merge(template.namespace() + "/" + set, 1, Integer::sum);
        String name = set + "-" + number;
        return new PodLife(template, name, bed.addPod(node(template), name));
    }

    /** The one asked for, else the one with the fewest pods. */
    private Node node(PodTemplate template) {
        if (!template.node().isEmpty()) {
            return bed.node(template.node());
        }
        return bed.nodes().stream()
                .min(
                        Comparator.comparingLong(
                                n -> pods.stream().filter(p -> p.place().node().equals(n)).count()))
                .orElseThrow();
    }

    private boolean advance(PodLife pod, Desired desired) {
        Phase before = pod.phase();
        switch (before) {
            case SANDBOX -> start(pod, desired);
            case STARTING -> {
                if (!fell(pod) && answers(pod)) {
                    pod.move(Phase.READY);
                }
            }
            case READY -> fell(pod);
            case LEAVING -> {
                if (pod.nanos() > LEAVE.toNanos()) {
                    running(pod).ifPresent(Running::terminate);
                    pod.move(Phase.ENDING);
                }
            }
            case ENDING -> end(pod);
        }
        return pod.phase() != before || !pods.contains(pod);
    }

    private void start(PodLife pod, Desired desired) {
        long pause =
                Math.min(
                        LONGEST_PAUSE.toNanos(),
                        (1L << Math.min(pod.restarts(), 5)) * 500_000_000L);
        if (pod.restarts() > 0 && pod.nanos() < pause) {
            return;
        }
        if (!enrolment.settled(pod, desired)) {
            // As in a real cluster a pod that cannot be captured does not start: it would speak in
            // plain text.
            if (pod.nanos() > SAY_WAITING_AFTER.toNanos() && pod.complainOnce()) {
                news.accept("AMB1625  pod " + pod.name() + " waits to be captured by the mesh");
            }
            return;
        }
        pod.started(
                bed.start(
                        pod.place(),
                        new Launch(
                                pod.name(),
                                pod.template().container().command(),
                                environment.of(pod, desired))));
    }

    private boolean fell(PodLife pod) {
        Optional<Running> process = running(pod);
        if (process.isPresent() && !process.get().alive()) {
            news.accept(
                    "AMB1626  pod %s ended with exit code %d and is started again%n        where  %s"
                            .formatted(pod.name(), process.get().exit(), process.get().log()));
            pod.fell();
            return true;
        }
        return false;
    }

    private static boolean answers(PodLife pod) {
        Optional<Readiness> readiness = pod.template().container().readiness();
        if (readiness.isEmpty()) {
            return true;
        }
        int port = readiness.get().port();
        String path = readiness.get().path();
        return path.isEmpty()
                ? Probe.connects(pod.place().netns(), port)
                : Probe.ok(pod.place().netns(), port, path);
    }

    private void leave(PodLife pod) {
        pod.move(running(pod).isPresent() ? Phase.LEAVING : Phase.ENDING);
    }

    private void end(PodLife pod) {
        Optional<Running> process = running(pod);
        if (process.isPresent() && process.get().alive()) {
            if (pod.nanos() > GRACE.toNanos()) {
                process.get().kill();
            }
            return;
        }
        pods.remove(pod);
    }

    /** Removes namespaces of pods that are gone, once the mesh has been told. */
    void sweep() {
        for (Pod place : bed.pods()) {
            if (pods.stream().noneMatch(p -> p.place().equals(place))) {
                bed.removePod(place);
            }
        }
    }

    private static Optional<Running> running(PodLife pod) {
        return Optional.ofNullable(pod.process());
    }
}
