package dev.ambit.demo.manifest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * A directory of manifests, read again when it changes. A file that cannot be read keeps its last
 * good content and is named once. Used by one thread.
 */
public final class ManifestDirectory {

    private record Stamp(FileTime changed, long size) {}

    private final Path directory;
    private final Consumer<String> complaints;
    private Map<Path, Stamp> stamps = Map.of();
    private final Map<Path, List<Tree>> content = new TreeMap<>();

    public ManifestDirectory(Path directory, Consumer<String> complaints) {
        this.directory = directory;
        this.complaints = complaints;
    }

    /** Looks at the files; true if any came, went or changed since the last look. */
    public boolean refresh() {
        Map<Path, Stamp> now = look();
        if (now.equals(stamps)) {
            return false;
        }
        content.keySet().retainAll(now.keySet());
        now.forEach(
                (file, stamp) -> {
                    if (!stamp.equals(stamps.get(file))) {
                        read(file);
                    }
                });
        stamps = now;
        return true;
    }

    /** All objects, those in several documents merged in the order of the files' names. */
    public Map<ObjectKey, Tree> objects() {
        Map<ObjectKey, Tree> all = new LinkedHashMap<>();
        for (List<Tree> documents : content.values()) {
            for (Tree document : documents) {
                all.merge(
                        key(document),
                        document,
                        (a, b) -> new Tree(Yaml.merge(a.value(), b.value())));
            }
        }
        return all;
    }

    private static ObjectKey key(Tree document) {
        return new ObjectKey(
                document.at("kind").text(""),
                document.at("metadata", "namespace").text(""),
                document.at("metadata", "name").text(""));
    }

    private Map<Path, Stamp> look() {
        Map<Path, Stamp> found = new HashMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(ManifestDirectory::isManifest).toList()) {
                try {
                    found.put(file, new Stamp(Files.getLastModifiedTime(file), Files.size(file)));
                } catch (NoSuchFileException e) {
                    // Renamed or removed since it was listed: as if it had not been there.
                }
            }
        } catch (NoSuchFileException e) {
            return found;
        } catch (IOException | UncheckedIOException e) {
            complaints.accept("AMB1620  cannot read " + directory + ": " + e.getMessage());
            return stamps;
        }
        return found;
    }

    private void read(Path file) {
        try {
            content.put(file, Yaml.parse(Files.readString(file), file.toString()));
        } catch (IOException | YamlEngineException e) {
            complaints.accept(
                    "AMB1620  a manifest cannot be read; its last good content stays%n        where  %s%n        why    %s"
                            .formatted(file, String.valueOf(e.getMessage()).strip()));
        }
    }

    private static boolean isManifest(Path file) {
        String name = String.valueOf(file.getFileName());
        return !name.startsWith(".")
                && (name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json"))
                && Files.isRegularFile(file);
    }
}
