package dev.ambit.tests.mesh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Namespaces need root; without it a test says so where a person reads it, and does not run. */
public final class NeedsRoot {

    private NeedsRoot() {}

    public static void orSayThatItIsSkipped(String what) {
        boolean root;
        try {
            root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        skipUnless(root, what, "it makes network namespaces and needs root");
    }

    public static void skipUnless(boolean condition, String what, String why) {
        if (!condition) {
            System.err.println("SKIPPED  " + what + ": " + why);
        }
        Assumptions.assumeTrue(condition, why);
    }
}
