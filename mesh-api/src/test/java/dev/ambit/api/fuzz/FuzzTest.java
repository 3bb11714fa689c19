package dev.ambit.api.fuzz;

import dev.ambit.api.manifest.ManifestFuzz;
import dev.ambit.runtime.testing.FuzzRuns;
import org.junit.jupiter.api.Test;

final class FuzzTest {

    @Test
    void addressesAreTakenOrRefusedByName() {
        FuzzRuns.replay(AddressFuzz.class, AddressFuzz::fuzzerTestOneInput);
    }

    @Test
    void policiesAreTakenWholeOrRefusedByName() {
        FuzzRuns.replay(AuthorizationFuzz.class, AuthorizationFuzz::fuzzerTestOneInput);
    }

    @Test
    void whatAWaypointIsSentIsTakenOrRefusedByName() {
        FuzzRuns.replay(WaypointConfigFuzz.class, WaypointConfigFuzz::fuzzerTestOneInput);
    }

    @Test
    void literalsAreRefusedOrReadAgainTheSame() {
        FuzzRuns.replay(LiteralFuzz.class, LiteralFuzz::fuzzerTestOneInput);
    }

    @Test
    void manifestsGiveObjectsOrARefusalThatSaysWhere() {
        FuzzRuns.replay(ManifestFuzz.class, ManifestFuzz::fuzzerTestOneInput);
    }
}
