package dev.ambit.tests.rig;

import java.util.List;

/**
 * What became of a load.
 *
 * @param what figures, for a person
 * @param bytes carried both ways and compared
 * @param faults why it failed; empty if it did not
 */
record Verdict(String what, long bytes, List<String> faults) {

    Verdict {
        faults = List.copyOf(faults);
    }
}
