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
 * @param mayRefuse whether it excuses new connections and lookups that fail
 * @param run begins it, lets it last, ends it; what it found wrong itself
 * @param notRun why it cannot be run here; empty if it can
 */
record Fault(String name, boolean mayReset, boolean mayRefuse, Run run, NotRun notRun) {

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

    /** Open sessions go on; new ones may have to wait until it is over. */
    static Fault holding(String name, Run run) {
        return new Fault(name, false, true, run, stage -> Optional.empty());
    }

    /** Open sessions may be reset. */
    static Fault resetting(String name, Run run) {
        return new Fault(name, true, true, run, stage -> Optional.empty());
    }

    /** Nobody may notice: what must hold in the steady state must hold meanwhile. */
    static Fault unnoticed(String name, Run run) {
        return new Fault(name, false, false, run, stage -> Optional.empty());
    }

    Fault unless(NotRun reason) {
        return new Fault(name, mayReset, mayRefuse, run, reason);
    }
}
