package dev.ambit.client.channel;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the roots come from that vouch for istiod's server certificate. */
public sealed interface RootSource {

    /** Read before each call; a change makes a new channel. May not exist yet. */
    record File(Path path) implements RootSource {}

    record Inline(String pem) implements RootSource {}

    /** The roots of the JDK. */
    record SystemRoots() implements RootSource {}

    /** By the rule of {@code XDS_ROOT_CA} and {@code CA_ROOT_CA} (ambient.md 1.2). */
    static RootSource parse(String value) {
        if (value.equals("SYSTEM")) {
            return new SystemRoots();
        }
        if (value.contains("-----BEGIN") && !isFile(value)) {
            return new Inline(value);
        }
        return new File(Path.of(value));
    }

    private static boolean isFile(String value) {
        // A PEM text is no path: its lines end the attempt.
        return value.indexOf('\n') < 0 && Files.exists(Path.of(value));
    }
}
