package dev.ambit.ztunnel;

import org.jspecify.annotations.Nullable;

/** How many data loops run: an explicit number, a share of the CPUs, or what the pod may use. */
record WorkerThreads(
        @Nullable String threads,
        @Nullable Integer concurrency,
        @Nullable String cpuLimit,
        @Nullable String resourceLimit,
        @Nullable String resourceRequest,
        int cpus) {

    /** Without any hint: a quarter of the CPUs, and never fewer than two. */
    private static final double DEFAULT_SHARE = 0.25;

    private static final int DEFAULT_THREADS = 2;

    /**
     * The number, at least one. Throws {@link IllegalArgumentException} with value and expectation.
     */
    int count() {
        return Math.max(1, threads == null ? unconfigured() : configured(threads));
    }

    private int configured(String value) {
        if (!value.endsWith("%")) {
            int number = integer("ZTUNNEL_WORKER_THREADS", value);
            return number == 0 ? available() : number;
        }
        double percent = decimal("ZTUNNEL_WORKER_THREADS", value.substring(0, value.length() - 1));
        if (percent <= 0 || percent > 100) {
            throw new IllegalArgumentException(
                    "ZTUNNEL_WORKER_THREADS: " + value + " (expected: above 0% and up to 100%)");
        }
        return Math.max(1, (int) Math.ceil(available() * percent / 100));
    }

    private int unconfigured() {
        if (concurrency != null) {
            return concurrency > 0 ? concurrency : available();
        }
        int request = quantity("ZTUNNEL_RESOURCE_CPU_REQUEST", resourceRequest, 0);
        int limit = quantity("ZTUNNEL_RESOURCE_CPU_LIMIT", resourceLimit, 0);
        if (limit > 0) {
            return Math.max(limit, request);
        }
        int share = (int) Math.ceil(available() * DEFAULT_SHARE);
        return Math.max(Math.max(share, request), DEFAULT_THREADS);
    }

    private int available() {
        int limit = quantity("ZTUNNEL_RESOURCE_CPU_LIMIT", resourceLimit, 0);
        if (limit > 0) {
            return limit;
        }
        return cpuLimit == null ? cpus : integer("ZTUNNEL_CPU_LIMIT", cpuLimit);
    }

    /** A Kubernetes CPU quantity such as 2, 1.5 or 500m, rounded up. */
    private static int quantity(String key, @Nullable String text, int absent) {
        if (text == null) {
            return absent;
        }
        boolean milli = text.endsWith("m");
        double cores = decimal(key, milli ? text.substring(0, text.length() - 1) : text);
        double whole = Math.ceil(milli ? cores / 1000 : cores);
        if (!(whole >= 1 && whole <= 65536)) {
            throw new IllegalArgumentException(
                    key + ": " + text + " (expected: a positive CPU quantity such as 2 or 500m)");
        }
        return (int) whole;
    }

    private static int integer(String key, String text) {
        try {
            int number = Integer.parseInt(text.strip());
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // Falls through to the one message for all bad values.
        }
        throw new IllegalArgumentException(key + ": " + text + " (expected: a number or N%)");
    }

    private static double decimal(String key, String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException(
                    key + ": " + text + " (expected: a number)", notANumber);
        }
    }
}
