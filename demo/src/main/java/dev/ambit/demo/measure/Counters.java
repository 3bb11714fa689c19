package dev.ambit.demo.measure;

import dev.ambit.demo.bed.BedException;
import dev.ambit.demo.bed.Probe;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Counters that processes of a running demo keep themselves. Needs a platform thread. */
public final class Counters {

    private static final int CONTROL_PORT = 9081;
    private static final int METRICS_PORT = 15020;
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private Counters() {}

    /**
     * A counter of an application pod.
     *
     * @param what connections (accepted), requests or failed (on purpose)
     */
    public static long ofApp(Path netns, String what) {
        for (String line : get(netns, CONTROL_PORT, "/stats").split("\n")) {
            if (line.startsWith(what + " ")) {
                return Long.parseLong(line.substring(what.length() + 1).strip());
            }
        }
        throw new BedException("AMB1651  a pod of the application has no counter " + what);
    }

    /** Sum over all series of a proxy's metric whose labels contain all these pieces. */
    public static double ofProxy(Path netns, String metric, List<String> labels) {
        double sum = 0;
        for (String line : get(netns, METRICS_PORT, "/metrics").split("\n")) {
            int value = line.lastIndexOf(' ');
            if (line.startsWith(metric + "{") && labels.stream().allMatch(line::contains)) {
                sum += Double.parseDouble(line.substring(value + 1));
            }
        }
        return sum;
    }

    private static String get(Path netns, int port, String path) {
        try {
            return Probe.get(netns, "127.0.0.1", port, path, LIMIT).body();
        } catch (IOException e) {
            throw new BedException(
                    "AMB1652  no answer on port %d of %s%n        why    %s"
                            .formatted(port, netns.getFileName(), e.getMessage()),
                    e);
        }
    }
}
