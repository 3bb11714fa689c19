package dev.ambit.perf.report;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Every figure of every contender, round by round. One thread. */
public final class Results {

    private final List<String> contenders;
    private final Map<String, Map<Figure, List<Double>>> values = new LinkedHashMap<>();

    /**
     * @param contenders ours first
     */
    public Results(List<String> contenders) {
        this.contenders = List.copyOf(contenders);
        contenders.forEach(c -> values.put(c, new EnumMap<>(Figure.class)));
    }

    public List<String> contenders() {
        return contenders;
    }

    public void add(String contender, Map<Figure, Double> round) {
        Map<Figure, List<Double>> all = of(contender);
        round.forEach((figure, v) -> all.computeIfAbsent(figure, f -> new ArrayList<>()).add(v));
    }

    /** In the order of the rounds; empty if it was not measured. */
    public List<Double> values(String contender, Figure figure) {
        return List.copyOf(of(contender).getOrDefault(figure, List.of()));
    }

    /** NaN if it was not measured. */
    public double median(String contender, Figure figure) {
        double[] sorted = values(contender, figure).stream().mapToDouble(v -> v).sorted().toArray();
        int n = sorted.length;
        if (n == 0) {
            return Double.NaN;
        }
        return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
    }

    private Map<Figure, List<Double>> of(String contender) {
        Map<Figure, List<Double>> all = values.get(contender);
        if (all == null) {
            throw new IllegalArgumentException(
                    "contender: " + contender + " (expected: one of " + contenders + ")");
        }
        return all;
    }
}
