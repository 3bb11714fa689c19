package dev.ambit.demo.scenario;

import dev.ambit.demo.manifest.Yaml;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The manifests of scenarios, as resources and as files among the user's. */
public final class ScenarioFiles {

    private static final String PREFIX = "scenario-";

    private ScenarioFiles() {}

    /** Whether this file is what a scenario wrote, unchanged. */
    public static boolean isOurs(Path file) throws IOException {
        String name = String.valueOf(file.getFileName());
        if (!name.startsWith(PREFIX)) {
            return false;
        }
        InputStream resource = open(name.substring(PREFIX.length()));
        if (resource == null) {
            return false;
        }
        try (resource) {
            return Files.readString(file)
                    .equals(new String(resource.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** Removes what scenarios wrote into a directory and nobody changed. */
    public static void removeAll(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                if (isOurs(file)) {
                    Files.delete(file);
                }
            }
        }
    }

    static String content(String manifest) throws IOException {
        try (InputStream in = Objects.requireNonNull(open(manifest), manifest)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    static Path file(Path directory, String manifest) {
        return directory.resolve(PREFIX + manifest);
    }

    static Path write(Path directory, String manifest) throws IOException {
        Path file = file(directory, manifest);
        Yaml.write(file, content(manifest));
        return file;
    }

    /** Removes a scenario's file; true if it was there. */
    static boolean remove(Path directory, String manifest) throws IOException {
        return Files.deleteIfExists(file(directory, manifest));
    }

    private static @Nullable InputStream open(String manifest) {
        return ScenarioFiles.class.getResourceAsStream("/dev/ambit/demo/scenarios/" + manifest);
    }
}
