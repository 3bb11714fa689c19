package dev.ambit.api.manifest;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The manifest files under one directory, in path order. Names that start with a dot are left out:
 * editors' swap files, files a writer has not renamed yet, the inner workings of a mounted
 * ConfigMap.
 */
final class FileWalk {
    private static final int MAX_DEPTH = 16;

    /** More is a wrong directory (a home, a root), not manifests. */
    static final int MAX_FILES = 20_000;

    private final Path root;
    private final boolean required;
    private List<Path> last = List.of();
    private Set<Path> directories = Set.of();

    FileWalk(Path root, boolean required) {
        this.root = root;
        this.required = required;
    }

    boolean covers(Path file) {
        return file.startsWith(root);
    }

    Set<Path> directories() {
        return directories;
    }

    /**
     * A root that was there and vanished keeps its files: an unmounted volume must not empty the
     * mesh.
     */
    List<Path> files(Map<Path, ManifestProblem> problems) {
        if (!Files.isDirectory(root)) {
            if (required || !last.isEmpty()) {
                problems.put(root, problem("no such directory", "make it, or correct the setting"));
            }
            return last;
        }
        Visitor visitor = new Visitor(problems);
        try {
            Files.walkFileTree(root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), MAX_DEPTH, visitor);
        } catch (IOException e) {
            problems.put(root, problem(String.valueOf(e.getMessage()), "make it readable"));
            return last;
        }
        if (visitor.files.size() > MAX_FILES) {
            problems.put(
                    root,
                    problem("more than " + MAX_FILES + " files", "name a directory of manifests"));
            return last;
        }
        visitor.files.sort(Comparator.naturalOrder());
        last = visitor.files;
        directories = visitor.directories;
        return last;
    }

    private ManifestProblem problem(String why, String fix) {
        return new ManifestProblem(
                ManifestProblem.UNREADABLE,
                "directory is not read",
                new SourcePosition(root, 0),
                why,
                fix);
    }

    private final class Visitor extends SimpleFileVisitor<Path> {
        private final Map<Path, ManifestProblem> problems;
        private final List<Path> files = new ArrayList<>();
        private final Set<Path> directories = new LinkedHashSet<>();

        Visitor(Map<Path, ManifestProblem> problems) {
            this.problems = problems;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attrs) {
            if (!dir.equals(root) && hidden(dir)) {
                return FileVisitResult.SKIP_SUBTREE;
            }
            directories.add(dir);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attrs) {
            if (!hidden(file) && attrs.isRegularFile() && isManifest(file)) {
                files.add(file);
            }
            return files.size() > MAX_FILES ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
            // A file that vanished in between, or a link that leads nowhere or round in a circle.
            if (!hidden(file) && last.contains(file) && Files.exists(file)) {
                files.add(file);
            } else if (Files.isDirectory(file)) {
                problems.put(
                        file,
                        new ManifestProblem(
                                ManifestProblem.UNREADABLE,
                                "directory is not read",
                                new SourcePosition(file, 0),
                                e.getClass().getSimpleName(),
                                "make it readable, or remove the link"));
                last.stream().filter(f -> f.startsWith(file)).forEach(files::add);
            }
            return FileVisitResult.CONTINUE;
        }
    }

    private static boolean hidden(Path path) {
        Path name = path.getFileName();
        return name != null && name.toString().startsWith(".");
    }

    private static boolean isManifest(Path path) {
        String name = String.valueOf(path.getFileName());
        return name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json");
    }
}
