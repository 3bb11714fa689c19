package dev.ambit.perf.scene;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ambit.demo.bed.Running;
import dev.ambit.perf.bed.PerfBed;
import dev.ambit.perf.bed.PerfBed.Target;
import dev.ambit.perf.bed.Proxies;
import dev.ambit.perf.report.Figure;
import dev.ambit.perf.report.Group;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One load after the other on running proxies, with what each costs them. One thread. */
final class Loads {

    private static final double BYTES_PER_GIB = 1L << 30;
    private static final int CONNECTIONS = 16;
    private static final int HELD = 4000;
    private static final int STREAMS_MANY = 16;

    /** Requests and connections are measured when their path has been walked for so long. */
    static final int WARM_SECONDS = 2;

    private static final Duration SETTLED = Duration.ofSeconds(1);
    private static final Duration GIVEN_BACK = Duration.ofSeconds(15);

    private final PerfBed bed;
    private final Proxies proxies;
    private final Plan plan;
    private final Map<Figure, Double> figures;

    Loads(PerfBed bed, Proxies proxies, Plan plan, Map<Figure, Double> figures) {
        this.bed = bed;
        this.proxies = proxies;
        this.plan = plan;
        this.figures = figures;
    }

    /** Bulk data, from the first byte on: nothing is warmed. */
    void bulk(
            Target target, String direction, int streams, Figure cpuPerGib, @Nullable Figure gbps) {
        double before = proxies.cpuSeconds();
        JsonNode got = bulk(target, direction, streams);
        double gib = got.get("bytes").asDouble() / BYTES_PER_GIB;
        figures.put(cpuPerGib, (proxies.cpuSeconds() - before) / gib);
        if (gbps != null) {
            figures.put(gbps, gbps(got));
        }
    }

    /** Gbit/s of many streams. */
    double manyStreams() {
        return gbps(bulk(Target.FAR, "up", STREAMS_MANY));
    }

    private JsonNode bulk(Target target, String direction, int streams) {
        return bed.load(
                Duration.ofSeconds(plan.seconds()),
                target,
                "bulk",
                "direction=" + direction,
                "streams=" + streams,
                "secs=" + plan.seconds());
    }

    private static double gbps(JsonNode got) {
        return got.get("bytes").asDouble() * 8 / 1e9 / got.get("seconds").asDouble();
    }

    /** As many as 16 kept connections give. */
    void requests() {
        closed(WARM_SECONDS);
        double before = proxies.cpuSeconds();
        JsonNode got = closed(plan.seconds());
        double requests = got.get("requests").asDouble();
        figures.put(Figure.CPU_PER_REQUEST, (proxies.cpuSeconds() - before) / requests * 1e6);
        figures.put(Figure.REQUESTS_PER_S, requests / got.get("seconds").asDouble());
        figures.put(Figure.CLOSED_P50, got.get("p50_ms").asDouble());
        figures.put(Figure.CLOSED_P99, got.get("p99_ms").asDouble());
    }

    private JsonNode closed(int seconds) {
        return bed.load(
                Duration.ofSeconds(seconds),
                Target.FAR,
                "closed",
                "connections=" + CONNECTIONS,
                "secs=" + seconds);
    }

    /** So many a second, each with the time it was meant to start at. */
    void fixedRate() {
        if (!plan.has(Group.REQUESTS)) {
            closed(WARM_SECONDS);
        }
        double before = proxies.cpuSeconds();
        JsonNode got =
                bed.load(
                        Duration.ofSeconds(WARM_SECONDS + plan.seconds()),
                        Target.FAR,
                        "open",
                        "connections=" + CONNECTIONS,
                        "rate=" + plan.rate(),
                        "warm=" + WARM_SECONDS,
                        "secs=" + plan.seconds());
        double sent = (double) plan.rate() * (WARM_SECONDS + plan.seconds());
        figures.put(Figure.RATE_CPU, (proxies.cpuSeconds() - before) / sent * 1e6);
        figures.put(Figure.RATE_P50, got.get("p50_ms").asDouble());
        figures.put(Figure.RATE_P99, got.get("p99_ms").asDouble());
        figures.put(Figure.RATE_P999, got.get("p99.9_ms").asDouble());
    }

    /** A connection for every request, after some seconds of the same; CPU µs of each. */
    double connections(int warmSeconds) {
        connect(warmSeconds);
        double before = proxies.cpuSeconds();
        JsonNode got = connect(plan.seconds());
        double connections = got.get("connections").asDouble();
        if (got.get("failed").asDouble() > connections / 100) {
            throw new IllegalStateException("too many connections failed: " + got);
        }
        figures.put(Figure.CONNECTIONS_PER_S, connections / got.get("seconds").asDouble());
        return (proxies.cpuSeconds() - before) / connections * 1e6;
    }

    private JsonNode connect(int seconds) {
        return bed.load(
                Duration.ofSeconds(seconds),
                Target.FAR,
                "connect",
                "connections=" + CONNECTIONS,
                "secs=" + seconds);
    }

    /** Memory of connections that are only held, and what of it stays when they have ended. */
    void hold() {
        double before = proxies.memoryMiB();
        Running hold = bed.hold(Target.FAR, HELD);
        Pause.of(SETTLED);
        double above = proxies.memoryMiB() - before;
        double held = bed.result(hold).get("held").asDouble();
        hold.stop();
        Pause.of(GIVEN_BACK);
        int n = proxies.count();
        figures.put(Figure.HELD_KIB, above * 1024 / held / n);
        figures.put(Figure.STORM_PEAK_MIB, above / n);
        figures.put(Figure.STORM_LEFT_MIB, (proxies.memoryMiB() - before) / n);
    }
}
