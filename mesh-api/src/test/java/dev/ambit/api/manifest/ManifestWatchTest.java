package dev.ambit.api.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class ManifestWatchTest {
    @TempDir Path dir;

    /** Edits in directories made while watching, in the user's and in the runtime directory. */
    @Test
    @Timeout(60)
    void tellsOfEveryEditUntilItIsClosed() throws Exception {
        LinkedBlockingQueue<ManifestSnapshot> seen = new LinkedBlockingQueue<>();
        ManifestFiles files =
                new ManifestFiles(dir.resolve("m"), dir.resolve("r"), Clock.systemUTC());
        Files.createDirectory(dir.resolve("m"));
        ManifestWatch watch = new ManifestWatch(files, seen::add);
        Thread thread = Thread.startVirtualThread(watch);

        assertThat(next(seen).objects()).isEmpty();
        Path deep = Files.createDirectories(dir.resolve("m/a/b"));
        Files.writeString(
                deep.resolve("x.yaml"), "{apiVersion: v1, kind: Node, metadata: {name: x}}");
        assertThat(next(seen).objects()).hasSize(1);
        Path writer = Files.createDirectories(dir.resolve("r/kubelet"));
        Files.writeString(
                writer.resolve("y.yaml"), "{apiVersion: v1, kind: Node, metadata: {name: y}}");
        assertThat(next(seen).objects()).hasSize(2);

        watch.close();
        thread.join();
        assertThat(seen).isEmpty();
    }

    private static ManifestSnapshot next(LinkedBlockingQueue<ManifestSnapshot> seen)
            throws InterruptedException {
        return Objects.requireNonNull(seen.poll(30, TimeUnit.SECONDS), "no snapshot came");
    }
}
