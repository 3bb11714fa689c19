package dev.ambit.perf.bed;

import dev.ambit.demo.bed.Running;
import java.util.List;

/** The two ztunnels of a contender, while they run. One thread. */
public final class Proxies implements AutoCloseable {

    private final List<Running> running;
    private final double readySeconds;

    Proxies(List<Running> running, double readySeconds) {
        this.running = List.copyOf(running);
        this.readySeconds = readySeconds;
    }

    List<Running> running() {
        return running;
    }

    /** The slower one's, from the start of its process to the answer of its readiness port. */
    public double readySeconds() {
        return readySeconds;
    }

    /** Of both together, since they were started. */
    public double cpuSeconds() {
        return running.stream().mapToDouble(r -> Usage.cpuSeconds(r.pid())).sum();
    }

    /** Of both together. */
    public double memoryMiB() {
        return running.stream().mapToDouble(r -> Usage.memoryMiB(r.pid())).sum();
    }

    public int count() {
        return running.size();
    }

    @Override
    public void close() {
        running.forEach(Running::terminate);
        running.forEach(Running::stop);
    }
}
