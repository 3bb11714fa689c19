package dev.ambit.perf.report;

import java.util.Locale;

/** How the goal of a figure is meant; the number stands with the figure. */
enum Aim {
    /** Our figure divided by the peer's is at most this. */
    RATIO_AT_MOST("ratio ≤ "),
    /** Our figure divided by the peer's is at least this. */
    RATIO_AT_LEAST("ratio ≥ "),
    /** Our figure is at most this, whatever the peer's. */
    AT_MOST("≤ "),
    /** Our figure is at least this, whatever the peer's. */
    AT_LEAST("≥ "),
    /** None: measured because it helps to read the others. */
    NONE("");

    private final String words;

    Aim(String words) {
        this.words = words;
    }

    String text(double goal) {
        return this == NONE
                ? ""
                : words
                        + (goal == Math.rint(goal)
                                ? String.format(Locale.ROOT, "%.0f", goal)
                                : Double.toString(goal));
    }

    /**
     * Whether it is reached: yes, no, or nothing where it cannot be said.
     *
     * @param ours NaN if not measured
     * @param peer NaN if not measured
     */
    String verdict(double goal, double ours, double peer) {
        double value =
                switch (this) {
                    case RATIO_AT_MOST, RATIO_AT_LEAST -> ours / peer;
                    case AT_MOST, AT_LEAST -> ours;
                    case NONE -> Double.NaN;
                };
        if (Double.isNaN(value)) {
            return "";
        }
        boolean least = this == RATIO_AT_LEAST || this == AT_LEAST;
        return (least ? value >= goal : value <= goal) ? "yes" : "no";
    }
}
