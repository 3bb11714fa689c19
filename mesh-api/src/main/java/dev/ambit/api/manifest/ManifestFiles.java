package dev.ambit.api.manifest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The directories of directory mode as one set of objects: the user's manifests, and over them what
 * each writer of the runtime directory knows, writers in alphabetical order. Reads only; never
 * writes. A file that is not taken keeps its last good content and is named in {@link
 * ManifestSnapshot#problems}.
 *
 * <p>Confined to one thread: whoever calls {@link #scan}, usually {@link ManifestWatch}.
 */
public final class ManifestFiles {
    /**
     * A file written within this time before we read it may be written again without its time stamp
     * showing it, so it is read again at the next scan.
     */
    private static final Duration RACY = Duration.ofSeconds(2);

    private record Stamp(Instant modified, long size, @Nullable Object fileKey, boolean settled) {
        boolean covers(BasicFileAttributes a) {
            return settled
                    && a.size() == size
                    && a.lastModifiedTime().toInstant().equals(modified)
                    && java.util.Objects.equals(a.fileKey(), fileKey);
        }
    }

    private static final class Known {
        @Nullable Stamp stamp;
        byte[] bytes = new byte[0];
        List<ManifestDocument> documents = List.of();
        @Nullable ManifestProblem problem;
    }

    private final FileWalk manifests;
    private final @Nullable FileWalk runtime;
    private final Clock clock;
    private final Map<Path, Known> known = new LinkedHashMap<>();
    private ManifestSnapshot snapshot = ManifestSnapshot.EMPTY;
    private boolean changed;

    /**
     * @param manifests the user's directory
     * @param runtime the runtime directory; need not exist yet
     */
    public ManifestFiles(Path manifests, @Nullable Path runtime, Clock clock) {
        this.manifests = new FileWalk(manifests, true);
        this.runtime = runtime == null ? null : new FileWalk(runtime, false);
        this.clock = clock;
    }

    /** The directories that were read, for whoever watches them. */
    Set<Path> directories() {
        Set<Path> all = new java.util.LinkedHashSet<>(manifests.directories());
        if (runtime != null) {
            all.addAll(runtime.directories());
        }
        return all;
    }

    public ManifestSnapshot current() {
        return snapshot;
    }

    /** Reads what changed; returns the same snapshot as before if nothing did. */
    public ManifestSnapshot scan() {
        changed = snapshot.generation() == 0;
        Map<Path, ManifestProblem> problems = new TreeMap<>();
        List<Path> files = new ArrayList<>(manifests.files(problems));
        if (runtime != null) {
            files.addAll(runtime.files(problems));
        }
        Set<Path> present = Set.copyOf(files);
        changed |= known.keySet().removeIf(f -> !present.contains(f));
        for (Path file : files) {
            Known k = known.computeIfAbsent(file, f -> new Known());
            read(file, k);
            if (k.problem != null) {
                problems.put(file, k.problem);
            }
        }
        if (changed || !problems.equals(snapshot.problems())) {
            snapshot =
                    new ManifestSnapshot(
                            snapshot.generation() + 1,
                            merge(files),
                            Collections.unmodifiableMap(problems));
        }
        return snapshot;
    }

    private void read(Path file, Known k) {
        try {
            BasicFileAttributes a = Files.readAttributes(file, BasicFileAttributes.class);
            if (k.stamp != null && k.stamp.covers(a)) {
                return;
            }
            Instant modified = a.lastModifiedTime().toInstant();
            boolean settled = modified.plus(RACY).isBefore(clock.instant());
            byte[] bytes =
                    a.size() > ManifestParser.MAX_BYTES
                            ? new byte[ManifestParser.MAX_BYTES + 1]
                            : Files.readAllBytes(file);
            boolean first = k.stamp == null;
            k.stamp = new Stamp(modified, a.size(), a.fileKey(), settled);
            if (!first && java.util.Arrays.equals(bytes, k.bytes)) {
                return;
            }
            k.bytes = bytes;
            k.documents = ManifestParser.parse(file, bytes);
            k.problem = null;
            changed = true;
        } catch (InvalidManifest e) {
            k.problem = e.problem();
        } catch (NoSuchFileException e) {
            // Gone since it was listed: the next scan sees that. Its content stays until then.
            k.stamp = null;
        } catch (IOException e) {
            k.stamp = null;
            k.problem =
                    new ManifestProblem(
                            ManifestProblem.UNREADABLE,
                            "file is not taken",
                            new SourcePosition(file, 0),
                            String.valueOf(e.getMessage()),
                            "make it readable; until then its last good content stays");
        }
    }

    private Map<ManifestKey, Manifest> merge(List<Path> order) {
        Map<ManifestKey, List<ManifestDocument>> byKey = new LinkedHashMap<>();
        for (Path file : order) {
            Known k = known.get(file);
            if (k != null) {
                for (ManifestDocument d : k.documents) {
                    byKey.computeIfAbsent(d.key(), x -> new ArrayList<>(2)).add(d);
                }
            }
        }
        Map<ManifestKey, Manifest> merged = new LinkedHashMap<>();
        byKey.forEach(
                (key, documents) -> {
                    Manifest before = snapshot.objects().get(key);
                    merged.put(
                            key,
                            before != null && before.madeOf(documents)
                                    ? before
                                    : Manifest.of(documents));
                });
        return Collections.unmodifiableMap(merged);
    }
}
