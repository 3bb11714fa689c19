package dev.ambit.demo.bed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Namespaces need root; without it a test says so and does not run. */
public final class NeedsRoot {

    private NeedsRoot() {}

    public static void orSkip() throws IOException {
        Assumptions.assumeTrue(
                Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0),
                "it makes network namespaces and needs root");
    }
}
