package dev.ambit.perf.load;

import java.time.Duration;

/** CPU time of the load program itself: to see whether it, not a proxy, was the limit. */
final class OwnCpu {

    private OwnCpu() {}

    static double seconds() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos()
                / 1e9;
    }
}
