package dev.ambit.tests.rig;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Something that goes wrong for a while.
 *
 * @param name as on the command line
 * @param mayReset whether it excuses sessions that end in a reset seen by both sides
 * @param run begins it, lets it last, ends it; what it found wrong itself
 * @param notRun why it cannot be run here; empty if it can
 */
record Fault(String name, boolean mayReset, Run run, NotRun notRun) {

    /** Begins, lasts, ends. */
    @FunctionalInterface
    interface Run {
        /**
         * @param random seeded: the same seed, the same choices
         * @return what went wrong beyond what the loads can see
         */
        List<String> on(Stage stage, Random random, Duration time) throws IOException;
    }

    /** Looks whether this machine and this build can do it. */
    @FunctionalInterface
    interface NotRun {
        Optional<String> on(Stage stage);
    }

    static Fault holding(String name, Run run) {
        return new Fault(name, false, run, stage -> Optional.empty());
    }

    static Fault resetting(String name, Run run) {
        return new Fault(name, true, run, stage -> Optional.empty());
    }

    static Fault missing(String name, String why) {
        return new Fault(name, false, (s, r, t) -> List.of(), stage -> Optional.of(why));
    }

    Fault unless(NotRun reason) {
        return new Fault(name, mayReset, run, reason);
    }
}
