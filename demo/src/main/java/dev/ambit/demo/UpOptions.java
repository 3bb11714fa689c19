package dev.ambit.demo;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;

/**
 * How to start.
 *
 * @param detach leave it running and return
 * @param detached this is the one left running
 * @param ownManifests a directory of the user's; otherwise a copy of ours
 */
record UpOptions(
        boolean detach, boolean detached, boolean mesh, boolean ownManifests, Path manifests) {

    static UpOptions parse(List<String> args, DemoHome home) {
        boolean detach = false;
        boolean detached = false;
        boolean mesh = true;
        boolean own = false;
        Path manifests = home.manifests();
        for (Iterator<String> all = args.iterator(); all.hasNext(); ) {
            String arg = all.next();
            switch (arg) {
                case "--detach", "-d" -> detach = true;
                case "--detached" -> detached = true;
                case "--no-mesh" -> mesh = false;
                case "--manifests" -> {
                    if (!all.hasNext()) {
                        throw new IllegalArgumentException("--manifests (expected: a directory)");
                    }
                    own = true;
                    manifests = Path.of(all.next()).toAbsolutePath().normalize();
                    if (!Files.isDirectory(manifests)) {
                        throw new IllegalArgumentException(
                                "--manifests: " + manifests + " (expected: a directory)");
                    }
                }
                default -> throw new IllegalArgumentException("unknown option: " + arg);
            }
        }
        return new UpOptions(detach && !detached, detached, mesh, own, manifests);
    }
}
