package dev.ambit.demo;

import dev.ambit.demo.scenario.ScenarioFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The manifests the demo starts with: copied to where the user edits them. What the user has
 * changed or added outlives the demo; our own copies do not.
 */
final class Manifests {

    private static final List<String> FILES =
            List.of("namespaces.yaml", "bookinfo.yaml", "clients.yaml", "waypoint.yaml");

    private Manifests() {}

    /** Copies what is not there; returns how many files are the user's. */
    static int lay(Path directory) throws IOException {
        Files.createDirectories(directory);
        for (String name : FILES) {
            Path file = directory.resolve(name);
            if (!Files.exists(file)) {
                Files.write(file, content(name));
            }
        }
        return usersOwn(directory).size();
    }

    /** Removes our own copies; returns what stays because the user made or changed it. */
    static List<Path> remove(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return List.of();
        }
        List<Path> own = usersOwn(directory);
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (!own.contains(file)) {
                    Files.delete(file);
                }
            }
        }
        if (own.isEmpty()) {
            Files.deleteIfExists(directory);
        }
        return own;
    }

    private static List<Path> usersOwn(Path directory) throws IOException {
        List<Path> own = new ArrayList<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                boolean same = ScenarioFiles.isOurs(file) || isCopy(directory, file);
                if (!same) {
                    own.add(file);
                }
            }
        }
        return own;
    }

    private static boolean isCopy(Path directory, Path file) throws IOException {
        String name = String.valueOf(directory.relativize(file));
        return FILES.contains(name) && Arrays.equals(Files.readAllBytes(file), content(name));
    }

    private static byte[] content(String name) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(
                        Manifests.class.getResourceAsStream("manifests/" + name), name)) {
            return in.readAllBytes();
        }
    }
}
