package dev.ambit.perf.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The table of ratios, as Markdown: medians of the rounds, with the span of ours. */
public final class Table {

    /** Column of this tree at another commit: goals are not meant against it. */
    public static final String BEFORE = "before";

    private static final int SMALL = 10;
    private static final int LARGE = 1000;

    private Table() {}

    /** Rows for what was measured, in the order of {@link Figure}. */
    public static String of(Results results) {
        List<String> names = results.contenders();
        String ours = names.getFirst();
        StringBuilder table = new StringBuilder("| figure | " + String.join(" | ", names));
        for (String peer : names.subList(1, names.size())) {
            table.append(" | ratio to ").append(peer);
        }
        table.append(" | goal | reached | rounds, least to most |\n|");
        table.append("---|".repeat(2 * names.size() + 3)).append('\n');
        for (Figure figure : Figure.values()) {
            if (!results.values(ours, figure).isEmpty()) {
                table.append(row(results, figure));
            }
        }
        return table.toString();
    }

    private static String row(Results results, Figure figure) {
        List<String> names = results.contenders();
        String ours = names.getFirst();
        double own = results.median(ours, figure);
        List<String> cells = new ArrayList<>(List.of(figure.label()));
        names.forEach(n -> cells.add(number(results.median(n, figure))));
        double judge = Double.NaN;
        for (String peer : names.subList(1, names.size())) {
            double theirs = results.median(peer, figure);
            judge = Double.isNaN(judge) && !peer.equals(BEFORE) ? theirs : judge;
            cells.add(number(own / theirs));
        }
        cells.add(figure.goal());
        cells.add(figure.verdict(own, judge));
        cells.add(span(results.values(ours, figure)));
        return "| " + String.join(" | ", cells) + " |\n";
    }

    private static String span(List<Double> values) {
        double least = values.stream().mapToDouble(v -> v).min().orElse(Double.NaN);
        double most = values.stream().mapToDouble(v -> v).max().orElse(Double.NaN);
        return number(least) + " – " + number(most);
    }

    /** Three digits are what such a machine can tell apart. */
    static String number(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return "–";
        }
        double size = Math.abs(value);
        String format = size < SMALL ? "%.2f" : size < LARGE ? "%.1f" : "%,.0f";
        return String.format(Locale.ROOT, format, value);
    }
}
