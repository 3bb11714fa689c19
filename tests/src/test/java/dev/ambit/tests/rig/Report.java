package dev.ambit.tests.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A run for a person: a line per cell, and a table for the documentation. */
final class Report {

    static final String BEGIN = "<!-- rig: generated, do not edit -->";
    static final String END = "<!-- rig: end -->";

    private static final List<String> LOADS =
            List.of("idle", "echo", "churn", "config", "decisions", "names");
    private static final int MOST = 3;

    private Report() {}

    static List<String> lines(Row row) {
        List<String> lines = new ArrayList<>();
        if (!row.ran()) {
            lines.add("%-12s %-10s not run: %s".formatted(row.fault(), "-", row.notRun()));
            return lines;
        }
        row.loads()
                .forEach(
                        (load, v) ->
                                lines.add(
                                        "%-12s %-10s %s  %s%s"
                                                .formatted(
                                                        row.fault(),
                                                        load,
                                                        v.faults().isEmpty() ? "ok    " : "FAILED",
                                                        v.what(),
                                                        some(v.faults()))));
        row.checks()
                .forEach(
                        (check, wrong) -> {
                            if (!wrong.isEmpty()) {
                                lines.add(
                                        "%-12s %-10s FAILED %s"
                                                .formatted(row.fault(), check, some(wrong)));
                            }
                        });
        lines.add(
                "%-12s %-10s %s  steady again after %d ms; %s"
                        .formatted(
                                row.fault(),
                                "checks",
                                row.checks().values().stream().allMatch(List::isEmpty)
                                        ? "ok    "
                                        : "FAILED",
                                row.steadyAfter().toMillis(),
                                row.held()));
        return lines;
    }

    private static String some(List<String> faults) {
        StringBuilder s = new StringBuilder();
        faults.stream().limit(MOST).forEach(f -> s.append("\n").append(" ".repeat(24)).append(f));
        if (faults.size() > MOST) {
            s.append("\n").append(" ".repeat(24)).append("and ").append(faults.size() - MOST);
            s.append(" more");
        }
        return s.toString();
    }

    /** One line that says it all. */
    static String summary(List<Row> rows) {
        long ran = rows.stream().filter(Row::ran).count();
        long good = rows.stream().filter(r -> r.ran() && r.good()).count();
        long cells = rows.stream().mapToLong(r -> r.loads().size()).sum();
        long goodCells =
                rows.stream()
                        .flatMap(r -> r.loads().values().stream())
                        .filter(v -> v.faults().isEmpty())
                        .count();
        long bytes =
                rows.stream()
                        .flatMap(r -> r.loads().values().stream())
                        .mapToLong(Verdict::bytes)
                        .sum();
        return "faults survived %d/%d, cells %d/%d, not run %d, %d MiB compared"
                .formatted(good, ran, goodCells, cells, rows.size() - ran, bytes >> 20);
    }

    static boolean good(List<Row> rows) {
        return rows.stream().allMatch(r -> !r.ran() || r.good());
    }

    /** The table of the documentation: worst row of each fault over all passes. */
    static String markdown(List<Row> rows, Options options) {
        Map<String, Row> worst = new LinkedHashMap<>();
        rows.forEach(r -> worst.merge(r.fault(), r, (a, b) -> a.ran() && !a.good() ? a : b));
        StringBuilder s = new StringBuilder();
        s.append(BEGIN).append("\n\n");
        s.append(
                "%s, seed %d, `%s`: %s.%n%n"
                        .formatted(
                                LocalDate.now(java.time.ZoneId.systemDefault()),
                                options.seed(),
                                options.command(),
                                summary(rows)));
        s.append("| fault |");
        LOADS.forEach(l -> s.append(' ').append(l).append(" |"));
        s.append(" wire, resources, logs | steady after |\n|---|");
        s.append("---|".repeat(LOADS.size() + 2)).append('\n');
        worst.values().stream()
                .sorted(java.util.Comparator.comparing(Row::fault))
                .forEach(r -> s.append(tableRow(r)));
        return s.append('\n').append(END).toString();
    }

    private static String tableRow(Row r) {
        StringBuilder s = new StringBuilder("| " + r.fault() + " |");
        if (!r.ran()) {
            return s.append(" not run: ")
                    .append(r.notRun())
                    .append(" |")
                    .append(" |".repeat(LOADS.size() + 1))
                    .append('\n')
                    .toString();
        }
        for (String load : LOADS) {
            Verdict v = r.loads().get(load);
            s.append(' ')
                    .append(
                            v == null
                                    ? "not judged"
                                    : (v.faults().isEmpty() ? "" : "**failed** ") + v.what())
                    .append(" |");
        }
        List<String> wrong =
                r.checks().entrySet().stream()
                        .filter(e -> !e.getValue().isEmpty())
                        .map(e -> e.getKey() + ": " + first(e.getValue()))
                        .toList();
        s.append(
                wrong.isEmpty()
                        ? " ok: " + r.held() + " |"
                        : " **failed** " + String.join("; ", wrong) + " |");
        return s.append(" %d ms |%n".formatted(r.steadyAfter().toMillis())).toString();
    }

    private static String first(List<String> wrong) {
        return wrong.getFirst().lines().findFirst().orElse("").replace('|', '/');
    }

    /** Replaces the generated part of a Markdown file. */
    static void publish(Path file, String table) throws IOException {
        String text = Files.readString(file);
        int from = text.indexOf(BEGIN);
        int to = text.indexOf(END);
        if (from < 0 || to < from) {
            throw new IOException(file + ": no " + BEGIN + " before " + END);
        }
        Files.writeString(
                file, text.substring(0, from) + table + text.substring(to + END.length()));
    }
}
