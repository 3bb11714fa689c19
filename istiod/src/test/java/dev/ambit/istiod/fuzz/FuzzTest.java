package dev.ambit.istiod.fuzz;

import dev.ambit.istiod.ca.TokenFileFuzz;
import dev.ambit.runtime.testing.FuzzRuns;
import org.junit.jupiter.api.Test;

final class FuzzTest {

    @Test
    void objectsAreTakenOrRefusedWithAPlace() {
        FuzzRuns.replay(ResourceFuzz.class, ResourceFuzz::fuzzerTestOneInput);
    }

    @Test
    void tokensAreTakenOrRefused() {
        FuzzRuns.replay(TokenFileFuzz.class, TokenFileFuzz::fuzzerTestOneInput);
    }
}
