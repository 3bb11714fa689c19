package dev.ambit.tests.rig;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * One fault, and what came of it under each load.
 *
 * @param pass which time it was
 * @param loads by name, in the order of the columns
 * @param checks by name: what failed, empty if nothing
 * @param steadyAfter from the end of the fault to the steady state
 * @param notRun why not; empty if it was
 * @param held descriptors and memory beyond the base at the end, for a person
 */
record Row(
        int pass,
        String fault,
        Map<String, Verdict> loads,
        Map<String, List<String>> checks,
        Duration steadyAfter,
        String notRun,
        String held) {

    static Row notRun(int pass, String fault, String why) {
        return new Row(pass, fault, Map.of(), Map.of(), Duration.ZERO, why, "");
    }

    boolean ran() {
        return notRun.isEmpty();
    }

    boolean good() {
        return loads.values().stream().allMatch(v -> v.faults().isEmpty())
                && checks.values().stream().allMatch(List::isEmpty);
    }
}
