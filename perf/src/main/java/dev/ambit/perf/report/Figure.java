package dev.ambit.perf.report;

/** A row of the table. CPU and memory are of the two proxies of a path together, unless it says. */
public enum Figure {
    CPU_PER_GIB_1(Group.THROUGHPUT, "CPU-s per GiB, 1 stream", Aim.RATIO_AT_MOST, 0.95),
    CPU_PER_GIB_8(Group.THROUGHPUT, "CPU-s per GiB, 8 streams", Aim.RATIO_AT_MOST, 0.95),
    CPU_PER_GIB_1_REVERSE(
            Group.REVERSE, "CPU-s per GiB, 1 stream, reverse", Aim.RATIO_AT_MOST, 0.95),
    CPU_PER_GIB_8_REVERSE(
            Group.REVERSE, "CPU-s per GiB, 8 streams, reverse", Aim.RATIO_AT_MOST, 0.95),
    GBPS_1(Group.THROUGHPUT, "Gbit/s, 1 stream", Aim.RATIO_AT_LEAST, 1),
    GBPS_8(Group.THROUGHPUT, "Gbit/s, 8 streams", Aim.RATIO_AT_LEAST, 1),
    GBPS_1_REVERSE(Group.REVERSE, "Gbit/s, 1 stream, reverse", Aim.RATIO_AT_LEAST, 1),
    GBPS_8_REVERSE(Group.REVERSE, "Gbit/s, 8 streams, reverse", Aim.RATIO_AT_LEAST, 1),
    NODE_CPU_PER_GIB_1(Group.NODE, "one node, CPU-s per GiB, 1 stream", Aim.RATIO_AT_MOST, 0.35),
    NODE_CPU_PER_GIB_8(Group.NODE, "one node, CPU-s per GiB, 8 streams", Aim.RATIO_AT_MOST, 0.35),
    NODE_GBPS_1(Group.NODE, "one node, Gbit/s, 1 stream", Aim.NONE, 0),
    NODE_GBPS_8(Group.NODE, "one node, Gbit/s, 8 streams", Aim.NONE, 0),
    PLAIN_CPU_PER_GIB_1(
            Group.PASSTHROUGH, "passthrough, CPU-s per GiB, 1 stream", Aim.RATIO_AT_MOST, 0.8),
    PLAIN_CPU_PER_GIB_8(
            Group.PASSTHROUGH, "passthrough, CPU-s per GiB, 8 streams", Aim.RATIO_AT_MOST, 0.8),
    CPU_PER_REQUEST(Group.REQUESTS, "CPU µs per request, kept connection", Aim.RATIO_AT_MOST, 0.9),
    REQUESTS_PER_S(Group.REQUESTS, "requests/s", Aim.RATIO_AT_LEAST, 1),
    CLOSED_P50(Group.REQUESTS, "p50 ms, closed loop", Aim.NONE, 0),
    CLOSED_P99(Group.REQUESTS, "p99 ms, closed loop", Aim.NONE, 0),
    RATE_P50(Group.RATE, "p50 ms at the fixed rate", Aim.RATIO_AT_MOST, 1),
    RATE_P99(Group.RATE, "p99 ms at the fixed rate", Aim.RATIO_AT_MOST, 1.2),
    RATE_P999(Group.RATE, "p99.9 ms at the fixed rate", Aim.NONE, 0),
    RATE_CPU(Group.RATE, "CPU µs per request at the fixed rate", Aim.NONE, 0),
    CPU_PER_CONNECTION(Group.CONNECTIONS, "CPU µs per new connection", Aim.RATIO_AT_MOST, 0.9),
    CONNECTIONS_PER_S(Group.CONNECTIONS, "new connections/s", Aim.NONE, 0),
    LOOPS_GBPS_1(Group.LOOPS, "Gbit/s, many streams, 1 loop", Aim.NONE, 0),
    LOOPS_GBPS_2(Group.LOOPS, "Gbit/s, many streams, 2 loops", Aim.NONE, 0),
    LOOPS(Group.LOOPS, "2 loops over 1, one pod pair", Aim.AT_LEAST, 1.6),
    HELD_KIB(Group.HOLD, "KiB per held connection and proxy", Aim.AT_MOST, 6),
    STORM_PEAK_MIB(Group.HOLD, "MiB above before, connections held, each", Aim.NONE, 0),
    STORM_LEFT_MIB(Group.HOLD, "MiB above before, 15 s after they ended, each", Aim.NONE, 0),
    WORKLOADS_READY(Group.WORKLOADS, "100,000 workloads: ready, s", Aim.AT_MOST, 2.5),
    WORKLOAD_KIB(Group.WORKLOADS, "100,000 workloads: KiB above idle, each", Aim.AT_MOST, 1),
    IDLE_MIB(Group.IDLE, "MiB idle, each (PSS)", Aim.AT_MOST, 80),
    READY(Group.IDLE, "start to ready, s", Aim.AT_MOST, 0.5),
    POLICIES_10(Group.POLICIES, "CPU µs per new connection, 10 policies", Aim.NONE, 0),
    POLICIES_10000(Group.POLICIES, "CPU µs per new connection, 10,000 policies", Aim.NONE, 0),
    POLICIES(Group.POLICIES, "10,000 policies over 10 (flat: 1)", Aim.AT_MOST, 1.1);

    private final Group group;
    private final String label;
    private final Aim aim;
    private final double goal;

    Figure(Group group, String label, Aim aim, double goal) {
        this.group = group;
        this.label = label;
        this.aim = aim;
        this.goal = goal;
    }

    public Group group() {
        return group;
    }

    public String label() {
        return label;
    }

    /** What it is to reach, as the table shows it; empty if nothing. */
    String goal() {
        return aim.text(goal);
    }

    /** Whether it is reached: yes, no, or nothing where it cannot be said. */
    String verdict(double ours, double peer) {
        return aim.verdict(goal, ours, peer);
    }
}
