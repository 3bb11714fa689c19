package dev.ambit.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ManifestsTest {

    @TempDir Path temporary;

    @Test
    void ourOwnCopiesGoWithTheDemo() throws IOException {
        Manifests.lay(directory());
        Path scenario = directory().resolve("scenario-canary.yaml");
        try (InputStream in =
                Objects.requireNonNull(
                        ManifestsTest.class.getResourceAsStream("scenarios/canary.yaml"))) {
            Files.copy(in, scenario);
        }
        assertThat(Manifests.remove(directory())).isEmpty();
        assertThat(directory()).doesNotExist();
    }

    @Test
    void whatTheUserChangedOrMadeStays() throws IOException {
        Manifests.lay(directory());
        Path changed = directory().resolve("bookinfo.yaml");
        Files.writeString(changed, "# mine\n");
        Path made = directory().resolve("mine.yaml");
        Files.writeString(made, "# mine too\n");

        assertThat(Manifests.remove(directory())).isEqualTo(List.of(changed, made));
        assertThat(directory().resolve("waypoint.yaml")).doesNotExist();

        Manifests.lay(directory());
        assertThat(changed).hasContent("# mine");
        assertThat(directory().resolve("waypoint.yaml")).exists();
    }

    private Path directory() {
        return temporary.resolve("manifests");
    }
}
