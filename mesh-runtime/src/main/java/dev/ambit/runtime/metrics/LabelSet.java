package dev.ambit.runtime.metrics;

import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Names and values of one series. Series of one family may have different names. Immutable; the
 * hash is computed once, because label sets are keys on the path of a connection.
 */
public final class LabelSet {

    /** No labels. */
    public static final LabelSet NONE = new LabelSet(new String[0]);

    private final String[] namesAndValues;
    private final int hash;

    /** The same as the scrape writes it; made once for all families. A lost race makes it twice. */
    private volatile @Nullable Labels labels;

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

    /**
     * The same labels, one of them with another value.
     *
     * @throws IllegalArgumentException if there is no label of that name
     */
    public LabelSet with(String name, String value) {
        for (int i = 0; i < namesAndValues.length; i += 2) {
            if (namesAndValues[i].equals(name)) {
                String[] changed = namesAndValues.clone();
                changed[i + 1] = value;
                return new LabelSet(changed);
            }
        }
        throw new IllegalArgumentException("label: " + name + " (expected: one of " + this + ")");
    }

    Labels labels() {
        Labels known = labels;
        if (known == null) {
            known = Labels.of(namesAndValues);
            labels = known;
        }
        return known;
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
