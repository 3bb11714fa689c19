package dev.ambit.runtime.testing;

import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** Skips a test that needs root, loudly. */
public final class Rooted {

    private Rooted() {}

    public static void orSkip() {
        Optional<String> reason = TestNetns.unavailable();
        reason.ifPresent(r -> System.err.println("SKIPPED: " + r));
        Assumptions.assumeTrue(reason.isEmpty(), reason.orElse(""));
    }
}
