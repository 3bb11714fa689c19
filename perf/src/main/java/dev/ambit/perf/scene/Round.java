package dev.ambit.perf.scene;

import dev.ambit.perf.bed.Contender;
import dev.ambit.perf.bed.MeshFile;
import dev.ambit.perf.bed.PerfBed;
import dev.ambit.perf.bed.PerfBed.Target;
import dev.ambit.perf.bed.Proxies;
import dev.ambit.perf.report.Figure;
import dev.ambit.perf.report.Group;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * All loads once, for one contender. Each scene starts proxies anew, so what a JVM needs to warm up
 * is in the figures of a scene's first load. One thread.
 */
public final class Round {

    private static final int FAR_WORKLOADS = 100_000;
    private static final int FEW_POLICIES = 10;
    private static final int MANY_POLICIES = 10_000;

    /** Memory is read when what a start or a load left has settled. */
    private static final Duration SETTLED = Duration.ofSeconds(2);

    private final PerfBed bed;
    private final Contender contender;
    private final Plan plan;
    private final Map<Figure, Double> figures = new EnumMap<>(Figure.class);

    private Round(PerfBed bed, Contender contender, Plan plan) {
        this.bed = bed;
        this.contender = contender;
        this.plan = plan;
    }

    /** Runs what the plan says; the figures it gave. */
    public static Map<Figure, Double> run(PerfBed bed, Contender contender, Plan plan) {
        Round round = new Round(bed, contender, plan);
        round.acrossNodes();
        if (plan.has(Group.NODE)) {
            round.onOneNode();
        }
        if (plan.has(Group.LOOPS)) {
            round.loops();
        }
        if (plan.has(Group.WORKLOADS)) {
            round.workloads();
        }
        if (plan.has(Group.POLICIES)) {
            round.policies();
        }
        return round.figures;
    }

    private void acrossNodes() {
        try (Proxies proxies = bed.proxies(contender, MeshFile.PODS, Map.of())) {
            figures.put(Figure.READY, proxies.readySeconds());
            bed.awaitPath(proxies, Target.FAR);
            Pause.of(SETTLED);
            figures.put(Figure.IDLE_MIB, proxies.memoryMiB() / proxies.count());
            Loads loads = new Loads(bed, proxies, plan, figures);
            if (plan.has(Group.THROUGHPUT)) {
                loads.bulk(Target.FAR, "up", 1, Figure.CPU_PER_GIB_1, Figure.GBPS_1);
                loads.bulk(Target.FAR, "up", 8, Figure.CPU_PER_GIB_8, Figure.GBPS_8);
            }
            if (plan.has(Group.REVERSE)) {
                loads.bulk(
                        Target.FAR, "down", 1, Figure.CPU_PER_GIB_1_REVERSE, Figure.GBPS_1_REVERSE);
                loads.bulk(
                        Target.FAR, "down", 8, Figure.CPU_PER_GIB_8_REVERSE, Figure.GBPS_8_REVERSE);
            }
            if (plan.has(Group.REQUESTS)) {
                loads.requests();
            }
            if (plan.has(Group.RATE)) {
                loads.fixedRate();
            }
            if (plan.has(Group.CONNECTIONS)) {
                figures.put(Figure.CPU_PER_CONNECTION, loads.connections(Loads.WARM_SECONDS));
            }
            if (plan.has(Group.PASSTHROUGH)) {
                bed.awaitPath(proxies, Target.OUTSIDE);
                loads.bulk(Target.OUTSIDE, "up", 1, Figure.PLAIN_CPU_PER_GIB_1, null);
                loads.bulk(Target.OUTSIDE, "up", 8, Figure.PLAIN_CPU_PER_GIB_8, null);
            }
            if (plan.has(Group.HOLD)) {
                loads.hold();
            }
        }
    }

    private void onOneNode() {
        Map<String, String> shortcut = Map.of("AMBIT_SAME_NODE_SHORTCUT", "true");
        try (Proxies proxies = bed.proxies(contender, MeshFile.PODS, shortcut)) {
            bed.awaitPath(proxies, Target.NEAR);
            Loads loads = new Loads(bed, proxies, plan, figures);
            loads.bulk(Target.NEAR, "up", 1, Figure.NODE_CPU_PER_GIB_1, Figure.NODE_GBPS_1);
            loads.bulk(Target.NEAR, "up", 8, Figure.NODE_CPU_PER_GIB_8, Figure.NODE_GBPS_8);
        }
    }

    /** Both alike, warmed by as much load as is then measured. */
    private void loops() {
        double one = manyStreams(1);
        double two = manyStreams(2);
        figures.put(Figure.LOOPS_GBPS_1, one);
        figures.put(Figure.LOOPS_GBPS_2, two);
        figures.put(Figure.LOOPS, two / one);
    }

    private double manyStreams(int loops) {
        Map<String, String> threads = Map.of("ZTUNNEL_WORKER_THREADS", Integer.toString(loops));
        try (Proxies proxies = bed.proxies(contender, MeshFile.PODS, threads)) {
            bed.awaitPath(proxies, Target.FAR);
            Loads loads = new Loads(bed, proxies, plan, figures);
            loads.manyStreams();
            return loads.manyStreams();
        }
    }

    private void workloads() {
        MeshFile mesh = new MeshFile(FAR_WORKLOADS, 0);
        try (Proxies proxies = bed.proxies(contender, mesh, Map.of())) {
            figures.put(Figure.WORKLOADS_READY, proxies.readySeconds());
            bed.awaitPath(proxies, Target.FAR);
            Pause.of(SETTLED);
            double each = proxies.memoryMiB() / proxies.count();
            double idle = figures.getOrDefault(Figure.IDLE_MIB, Double.NaN);
            figures.put(Figure.WORKLOAD_KIB, (each - idle) * 1024 / FAR_WORKLOADS);
        }
    }

    private void policies() {
        double few = connectionsUnder(FEW_POLICIES);
        double many = connectionsUnder(MANY_POLICIES);
        figures.put(Figure.POLICIES_10, few);
        figures.put(Figure.POLICIES_10000, many);
        figures.put(Figure.POLICIES, many / few);
    }

    private double connectionsUnder(int policies) {
        try (Proxies proxies = bed.proxies(contender, new MeshFile(0, policies), Map.of())) {
            bed.awaitPath(proxies, Target.FAR);
            // Else what is compiled and collected after reading a large file is in the figure.
            return new Loads(bed, proxies, plan, new EnumMap<>(Figure.class))
                    .connections(plan.seconds());
        }
    }
}
