package dev.ambit.cni.fuzz;

import dev.ambit.runtime.testing.FuzzRuns;
import org.junit.jupiter.api.Test;

final class FuzzTest {

    @Test
    void selectorsAreTakenOrRefused() {
        FuzzRuns.replay(SelectorFuzz.class, SelectorFuzz::fuzzerTestOneInput);
    }
}
