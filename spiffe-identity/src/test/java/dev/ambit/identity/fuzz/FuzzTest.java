package dev.ambit.identity.fuzz;

import dev.ambit.identity.revocation.RevocationListFuzz;
import dev.ambit.runtime.testing.FuzzRuns;
import org.junit.jupiter.api.Test;

final class FuzzTest {

    @Test
    void idsAreTakenByteForByteOrRefused() {
        FuzzRuns.replay(SpiffeIdFuzz.class, SpiffeIdFuzz::fuzzerTestOneInput);
    }

    @Test
    void chainsGiveAnIdOrARefusal() {
        FuzzRuns.replay(ChainFuzz.class, ChainFuzz::fuzzerTestOneInput);
    }

    @Test
    void requestsAreSignedForTheCallerOnlyOrRefused() {
        FuzzRuns.replay(SigningRequestFuzz.class, SigningRequestFuzz::fuzzerTestOneInput);
    }

    @Test
    void revocationListsAreTakenWholeOrRefused() {
        FuzzRuns.replay(RevocationListFuzz.class, RevocationListFuzz::fuzzerTestOneInput);
    }
}
