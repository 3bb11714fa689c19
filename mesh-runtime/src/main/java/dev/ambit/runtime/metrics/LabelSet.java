package dev.ambit.runtime.metrics;

import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Arrays;

/**
 * Names and values of one series. Series of one family may have different names. Immutable; the
 * hash is computed once, because label sets are keys on the path of a connection.
 */
public final class LabelSet {

    /** No labels. */
    public static final LabelSet NONE = new LabelSet(new String[0]);

    private final String[] namesAndValues;
    private final int hash;

    private LabelSet(String[] namesAndValues) {
        this.namesAndValues = namesAndValues;
        this.hash = Arrays.hashCode(namesAndValues);
    }

    /** Name and value by turns, in the family's order. */
    public static LabelSet of(String... namesAndValues) {
        if (namesAndValues.length % 2 != 0) {
            throw new IllegalArgumentException(
                    "labels: "
                            + namesAndValues.length
                            + " strings (expected: name and value by turns)");
        }
        return namesAndValues.length == 0 ? NONE : new LabelSet(namesAndValues.clone());
    }

    Labels labels() {
        return Labels.of(namesAndValues);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof LabelSet other
                && hash == other.hash
                && Arrays.equals(namesAndValues, other.namesAndValues);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return Arrays.toString(namesAndValues);
    }
}
