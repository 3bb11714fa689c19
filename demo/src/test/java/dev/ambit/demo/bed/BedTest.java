package dev.ambit.demo.bed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real bed, small commands instead of programs. */
final class BedTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir Path state;

    @BeforeAll
    static void needsRoot() throws IOException {
        NeedsRoot.orSkip();
    }

    @Test
    void podsReachEachOtherOnOneNodeAndAcrossNodes() {
        try (Bed bed = Bed.create(plan("bt-reach"))) {
            Pod a = bed.addPod(bed.node("one"), "a");
            Pod b = bed.addPod(bed.node("one"), "b");
            Pod c = bed.addPod(bed.node("two"), "c");
            for (Place to : List.of(b, c, bed.node("two"), bed.fabric())) {
                assertThat(reaches(bed, a, to)).as("from a to " + to).isTrue();
            }
            assertThat(reaches(bed, bed.fabric(), c)).isTrue();
        }
    }

    @Test
    void aClosedBedLeavesNoProcessAndNoNamespace() {
        Running sleep;
        try (Bed bed = Bed.create(plan("bt-close"))) {
            Pod pod = bed.addPod(bed.node("one"), "a");
            sleep = bed.start(pod, Launch.of("sleep", "sleep", "1000"));
            assertThat(sleep.alive()).isTrue();
        }
        assertThat(sleep.alive()).isFalse();
        assertThat(namespaces()).noneMatch(n -> n.startsWith("bt-close"));
    }

    @Test
    void aBedWhoseOwnerDiedIsSwept() {
        Bed abandoned = Bed.create(plan("bt-sweep"));
        Running sleep = abandoned.start(abandoned.fabric(), Launch.of("sleep", "sleep", "1000"));
        Bed.sweep("bt-sweep");
        assertThat(sleep.endsWithin(LIMIT)).isTrue();
        assertThat(namespaces()).noneMatch(n -> n.startsWith("bt-sweep"));
    }

    @Test
    void anAddressIsNotGivenAgainAtOnce() {
        try (Bed bed = Bed.create(plan("bt-address"))) {
            Pod first = bed.addPod(bed.node("one"), "a");
            bed.removePod(first);
            assertThat(bed.addPod(bed.node("one"), "a").address()).isNotEqualTo(first.address());
        }
    }

    @Test
    void outputIsTheLogAndAnEarlyEndIsToldWithIt() {
        try (Bed bed = Bed.create(plan("bt-log"))) {
            Running fails =
                    bed.start(
                            bed.fabric(),
                            new Launch(
                                    "fails",
                                    List.of("sh", "-c", "echo because $WHY; exit 3"),
                                    Map.of("WHY", "it must")));
            assertThatThrownBy(() -> fails.await("ready", LIMIT, () -> false))
                    .isInstanceOf(BedException.class)
                    .hasMessageContaining("AMB1614")
                    .hasMessageContaining("exit code 3")
                    .hasMessageContaining("because it must");
        }
    }

    @Test
    void aFailedCommandIsQuoted() {
        assertThatThrownBy(() -> SystemCommand.must(List.of("ip", "link", "show", "nowhere0"), ""))
                .isInstanceOf(BedException.class)
                .hasMessageContaining("ip link show nowhere0")
                .hasMessageContaining("does not exist");
    }

    private static boolean reaches(Bed bed, Place from, Place to) {
        // A closed port answers at once where the way is open; only no answer at all times out.
        Completed tried =
                bed.exec(
                        from,
                        LIMIT,
                        "timeout",
                        "5",
                        "bash",
                        "-c",
                        "echo > /dev/tcp/" + to.address() + "/9");
        return tried.exit() == 1 && tried.err().contains("refused");
    }

    private static List<String> namespaces() {
        return SystemCommand.must(List.of("ip", "netns", "list"), "").lines().toList();
    }

    private BedPlan plan(String prefix) {
        return new BedPlan(prefix, state, List.of("one", "two"));
    }
}
