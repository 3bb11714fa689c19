package dev.ambit.tests.mesh;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a ztunnel has told of connections, without what is never the same twice. */
final class Report {

    private Report() {}

    /**
     * Access-log lines of ended connections, field by field: times are left out, and addresses keep
     * their port only where a test has chosen it.
     */
    static List<String> lines(String log) {
        return log.lines()
                .filter(line -> line.contains("\taccess\tconnection "))
                .map(Report::line)
                .sorted()
                .toList();
    }

    private static String line(String line) {
        String[] parts = line.split("\t", -1);
        StringBuilder told = new StringBuilder(parts[1] + " " + parts[3]);
        Arrays.stream(parts[parts.length - 1].split(" (?=[a-z_.]+=)", -1))
                // Nothing is exchanged where there is no tunnel.
                .filter(field -> !field.startsWith("tls_group="))
                .map(Report::field)
                .forEach(field -> told.append(' ').append(field));
        return told.toString();
    }

    private static String field(String field) {
        if (field.startsWith("duration=")) {
            return "duration";
        }
        if (field.startsWith("src.addr=")) {
            return field.replaceAll(":\\d+$", "");
        }
        return field;
    }

    /** Values of the series of connections, but for histograms of time. */
    static Map<String, String> series(String metrics) {
        Map<String, String> told = new TreeMap<>();
        metrics.lines()
                .filter(line -> line.startsWith("istio_tcp_"))
                .filter(line -> !line.contains("duration") && !line.contains("sockets_open"))
                .filter(line -> !line.contains("time_seconds") && !line.contains("_bucket"))
                .forEach(
                        line -> {
                            int value = line.lastIndexOf(' ');
                            told.put(line.substring(0, value), line.substring(value + 1));
                        });
        return told;
    }
}
