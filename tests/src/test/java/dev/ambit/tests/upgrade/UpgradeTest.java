package dev.ambit.tests.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.tests.mesh.NeedsRoot;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/**
 * M13: a ztunnel is replaced while connections are open and others are being opened; nothing is
 * reset, refused or lost. On the client's node twice, so that an older process is there that has to
 * find the newest. At length: {@code ./ambit upgrade}.
 */
final class UpgradeTest {

    @Test
    void sessionsAndNewConnectionsNoticeNothingOfUpgrades() throws IOException {
        NeedsRoot.orSayThatItIsSkipped("UpgradeTest");
        try (UpgradeRun run = new UpgradeRun(Plan.of(40, 3, 40), progress -> {})) {
            Outcome outcome = run.run();
            outcome.lines().forEach(line -> System.out.println("upgrade: " + line));
            assertThat(outcome.failures()).isEmpty();
            assertThat(outcome.refused()).as("refused of new connections").isZero();
            assertThat(outcome.newcomersMillis()).isNotEmpty();
        }
    }
}
