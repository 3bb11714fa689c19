package dev.ambit.istiod.directory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.manifest.ManifestFiles;
import dev.ambit.api.testing.ShiftedClock;
import dev.ambit.istiod.resource.MeshObject;
import dev.ambit.istiod.resource.ObjectProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scan is driven by hand: no thread, no waiting. */
final class DirectorySourceTest {
    private static final String POLICY =
            """
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {name: p, namespace: shop}
            spec:
              action: %s
            """;
    private static final String NAMESPACE =
            """
            ---
            apiVersion: v1
            kind: Namespace
            metadata: {name: shop, labels: {a: %s}}
            """;

    @TempDir Path dir;
    private final ShiftedClock clock = new ShiftedClock();
    private final List<String> sunk = new ArrayList<>();
    private DirectoryStatus status = DirectoryStatus.EMPTY;
    private ManifestFiles files;
    private DirectorySource source;

    @BeforeEach
    void open() {
        files = new ManifestFiles(dir, null, clock);
        source =
                new DirectorySource(
                        files,
                        (name, task) -> {
                            throw new AssertionError("scans are driven by hand");
                        },
                        s -> status = s);
        source.attach((taken, removed) -> sunk.add("+" + names(taken) + " -" + names(removed)));
    }

    private static List<String> names(List<MeshObject> objects) {
        return objects.stream()
                .map(o -> o.getClass().getSimpleName() + " " + o.name())
                .sorted()
                .toList();
    }

    private String scan() {
        sunk.clear();
        // Two looks, as something that vanishes is believed at the second.
        clock.shift(Duration.ofMillis(500));
        source.accept(files.scan());
        clock.shift(Duration.ofSeconds(1));
        source.accept(files.scan());
        return String.join(" ", sunk);
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(dir.resolve(name), text);
    }

    @Test
    void theFirstScanIsToldEvenIfThereIsNothing() {
        assertThat(scan()).isEqualTo("+[] -[]");
    }

    @Test
    void nothingIsToldWhileAFileThatWasNeverReadIsBroken() throws IOException {
        write("a.yaml", POLICY.formatted("DENY") + "  oops\n");
        write("b.yaml", NAMESPACE.formatted("b"));
        assertThat(scan()).isEmpty();
        assertThat(status.files()).containsOnlyKeys(dir.resolve("a.yaml"));
        write("b.yaml", NAMESPACE.formatted("c"));
        assertThat(scan()).isEmpty();
        write("a.yaml", POLICY.formatted("DENY"));
        assertThat(scan()).isEqualTo("+[AuthorizationPolicy shop/p, Namespace shop] -[]");
        assertThat(status.files()).isEmpty();
    }

    @Test
    void editsAndRemovalsComeAsWhatChanged() throws IOException {
        write("a.yaml", POLICY.formatted("ALLOW") + NAMESPACE.formatted("b"));
        assertThat(scan()).isEqualTo("+[AuthorizationPolicy shop/p, Namespace shop] -[]");
        write("a.yaml", POLICY.formatted("DENY") + NAMESPACE.formatted("b"));
        assertThat(scan()).isEqualTo("+[AuthorizationPolicy shop/p] -[]");
        write("a.yaml", "# a comment\n" + POLICY.formatted("DENY") + NAMESPACE.formatted("b"));
        assertThat(scan()).isEmpty();
        Files.delete(dir.resolve("a.yaml"));
        assertThat(scan()).isEqualTo("+[] -[AuthorizationPolicy shop/p, Namespace shop]");
    }

    @Test
    void aBadObjectIsRefusedAloneAndItsLastGoodVersionStays() throws IOException {
        write("a.yaml", POLICY.formatted("ALLOW") + NAMESPACE.formatted("b"));
        scan();
        write("a.yaml", POLICY.formatted("MAYBE") + NAMESPACE.formatted("c"));
        assertThat(scan()).isEqualTo("+[Namespace shop] -[]");
        assertThat(status.refused())
                .extracting(ObjectProblem::message)
                .containsExactly(
                        "AMB1410 AuthorizationPolicy shop/p is not taken where: "
                                + dir.resolve("a.yaml")
                                + ":5 spec.action why: \"MAYBE\" (expected: one of ALLOW, AUDIT,"
                                + " CUSTOM, DENY) do: correct the value");
        assertThat(status.objects()).isEqualTo(2);

        write("a.yaml", POLICY.formatted("DENY") + NAMESPACE.formatted("c"));
        assertThat(scan()).isEqualTo("+[AuthorizationPolicy shop/p] -[]");
        assertThat(status.refused()).isEmpty();
    }

    @Test
    void aBrokenFileIsNamedByLineAndOthersGoOn() throws IOException {
        write("a.yaml", POLICY.formatted("ALLOW"));
        write("b.yaml", NAMESPACE.formatted("b"));
        scan();
        write("a.yaml", POLICY.formatted("DENY") + "  oops\n");
        write("b.yaml", NAMESPACE.formatted("c"));
        assertThat(scan()).isEqualTo("+[Namespace shop] -[]");
        assertThat(status.files()).containsOnlyKeys(dir.resolve("a.yaml"));
        write("a.yaml", POLICY.formatted("DENY"));
        assertThat(scan()).isEqualTo("+[AuthorizationPolicy shop/p] -[]");
        assertThat(status.files()).isEmpty();
    }

    @Test
    void aBadObjectThatWasNeverGoodIsNotThere() throws IOException {
        write("a.yaml", POLICY.formatted("MAYBE"));
        assertThat(scan()).isEqualTo("+[] -[]");
        Files.delete(dir.resolve("a.yaml"));
        assertThat(scan()).isEmpty();
        assertThat(status.refused()).isEmpty();
    }
}
