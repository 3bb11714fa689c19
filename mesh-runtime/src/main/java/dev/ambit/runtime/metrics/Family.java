package dev.ambit.runtime.metrics;

/** A family of ours; its name is unique in a registry. */
sealed interface Family permits CounterVec, GaugeVec, HistogramVec {
    String name();
}
