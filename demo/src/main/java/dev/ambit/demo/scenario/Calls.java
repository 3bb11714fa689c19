package dev.ambit.demo.scenario;

import dev.ambit.demo.measure.Sample;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How results of calls read in a table. */
final class Calls {

    private Calls() {}

    /** "20 × 200" or "18 × reset, 2 × timeout". */
    static String say(List<String> results) {
        Map<String, Integer> counts = new TreeMap<>();
        results.forEach(r -> counts.merge(r, 1, Integer::sum));
        return String.join(
                ", ",
                counts.entrySet().stream().map(e -> e.getValue() + " × " + e.getKey()).toList());
    }

    static String failed(Sample sample) {
        return sample.failed() + " of " + sample.size();
    }
}
