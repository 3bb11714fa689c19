package dev.ambit.hbone.fuzz;

import dev.ambit.hbone.connection.ClientConnectionFuzz;
import dev.ambit.hbone.connection.ServerConnectionFuzz;
import dev.ambit.hbone.frame.FramesFuzz;
import dev.ambit.runtime.testing.FuzzRuns;
import org.junit.jupiter.api.Test;

final class FuzzTest {

    @Test
    void authoritiesAreTargetsOrNothing() {
        FuzzRuns.replay(AuthorityFuzz.class, AuthorityFuzz::fuzzerTestOneInput);
    }

    @Test
    void headerBlocksHaveAVerdict() {
        FuzzRuns.replay(HeaderBlockFuzz.class, HeaderBlockFuzz::fuzzerTestOneInput);
    }

    @Test
    void framesReadTheSameHoweverTheyAreCut() {
        FuzzRuns.replay(FramesFuzz.class, FramesFuzz::fuzzerTestOneInput);
    }

    @Test
    void aServerEndsWithAVerdictAndHoldsNothing() {
        FuzzRuns.replay(ServerConnectionFuzz.class, ServerConnectionFuzz::fuzzerTestOneInput);
    }

    @Test
    void aClientEndsWithAVerdictAndHoldsNothing() {
        FuzzRuns.replay(ClientConnectionFuzz.class, ClientConnectionFuzz::fuzzerTestOneInput);
    }
}
