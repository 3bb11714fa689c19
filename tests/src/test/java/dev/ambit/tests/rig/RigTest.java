package dev.ambit.tests.rig;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.tests.mesh.NeedsRoot;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rig's short form: every fault once, few sessions. The long form is {@code ./ambit rig}. */
final class RigTest {

    @Test
    void everyFaultIsSurvivedUnderEveryLoad() {
        NeedsRoot.orSayThatItIsSkipped("RigTest");
        List<String> lines = new ArrayList<>();
        List<Row> rows;
        try (Rig rig = new Rig("rigshort", Options.SHORT, lines::add)) {
            rows = rig.run();
        }
        rows.stream()
                .filter(r -> !r.ran())
                .forEach(
                        r -> System.err.println("SKIPPED  fault " + r.fault() + ": " + r.notRun()));
        assertThat(Report.good(rows)).as(String.join("\n", lines)).isTrue();
    }
}
