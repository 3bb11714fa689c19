package dev.ambit.demo.measure;

import dev.ambit.demo.bed.BedException;
import dev.ambit.demo.bed.Probe;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

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

    /** Sums over the series of a proxy's metric, all read at the same moment. */
    public record Sums(double all, double fitting) {}

    /**
     * Two sums over the series of a proxy's metric.
     *
     * @param among pieces of the labels a series must have to be counted at all
     * @param fitting piece of the labels of those that fit
     */
    public static Sums ofProxy(Path netns, String metric, String among, String fitting) {
        double all = 0;
        double fit = 0;
        for (String line : get(netns, METRICS_PORT, "/metrics").split("\n")) {
            if (line.startsWith(metric + "{") && line.contains(among)) {
                double value = Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
                all += value;
                fit += line.contains(fitting) ? value : 0;
            }
        }
        return new Sums(all, fit);
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
