package dev.ambit.api.manifest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
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

    /** A file changed or gone for less than this may be in the middle of being replaced. */
    private static final Duration WRITING = Duration.ofMillis(20);

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
        String hash = "";
        List<ManifestDocument> documents = List.of();
        @Nullable ManifestProblem problem;
        @Nullable Instant missingSince;
    }

    private final FileWalk manifests;
    private final @Nullable FileWalk runtime;
    private final Clock clock;
    private final Map<Path, Known> known = new LinkedHashMap<>();
    private ManifestSnapshot snapshot = ManifestSnapshot.EMPTY;
    private boolean changed;
    private boolean settled = true;

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

    /**
     * Whether nothing that was seen looks as if somebody were in the middle of writing it. If not,
     * the last content is kept and another scan soon knows more.
     */
    boolean settled() {
        return settled;
    }

    /** Reads what changed; returns the same snapshot as before if nothing did. */
    public ManifestSnapshot scan() {
        changed = snapshot.generation() == 0;
        settled = true;
        Map<Path, ManifestProblem> problems = new TreeMap<>();
        List<Path> files = new ArrayList<>(present(manifests, problems));
        if (runtime != null) {
            files.addAll(present(runtime, problems));
        }
        changed |= known.keySet().retainAll(new HashSet<>(files));
        for (Path file : files) {
            Known k = known.computeIfAbsent(file, f -> new Known());
            read(file, k);
            if (k.problem != null) {
                problems.put(file, k.problem);
            }
        }
        if (changed || !problems.equals(snapshot.problems())) {
            Map<ManifestKey, Manifest> merged = merge(files);
            if (snapshot.generation() == 0
                    || !merged.equals(snapshot.objects())
                    || !problems.equals(snapshot.problems())) {
                snapshot =
                        new ManifestSnapshot(
                                snapshot.generation() + 1,
                                merged,
                                Collections.unmodifiableMap(problems));
            }
        }
        return snapshot;
    }

    /**
     * The files of a directory, with those that vanished a moment ago: many editors move the old
     * file away before they write the new one.
     */
    private List<Path> present(FileWalk walk, Map<Path, ManifestProblem> problems) {
        List<Path> files = new ArrayList<>(walk.files(problems));
        Set<Path> there = new HashSet<>(files);
        Instant now = clock.instant();
        known.forEach(
                (file, k) -> {
                    if (!walk.covers(file)) {
                        return;
                    }
                    if (there.contains(file)) {
                        k.missingSince = null;
                        return;
                    }
                    if (k.missingSince == null) {
                        k.missingSince = now;
                    }
                    if (now.isBefore(k.missingSince.plus(WRITING))) {
                        settled = false;
                        files.add(file);
                    }
                });
        files.sort(Comparator.naturalOrder());
        return files;
    }

    /** Written so recently that more may follow. Times in the future are another clock's. */
    private boolean beingWritten(Instant modified) {
        Duration age = Duration.between(modified, clock.instant());
        return age.compareTo(WRITING) < 0 && age.compareTo(RACY.negated()) > 0;
    }

    private void read(Path file, Known k) {
        try {
            BasicFileAttributes a = Files.readAttributes(file, BasicFileAttributes.class);
            if (k.stamp != null && k.stamp.covers(a)) {
                return;
            }
            Instant modified = a.lastModifiedTime().toInstant();
            if (beingWritten(modified)) {
                settled = false;
                return;
            }
            boolean settledLong = modified.plus(RACY).isBefore(clock.instant());
            byte[] bytes =
                    a.size() > ManifestParser.MAX_BYTES
                            ? new byte[ManifestParser.MAX_BYTES + 1]
                            : Files.readAllBytes(file);
            boolean first = k.stamp == null;
            k.stamp = new Stamp(modified, a.size(), a.fileKey(), settledLong);
            String hash = hash(bytes);
            if (!first && hash.equals(k.hash)) {
                return;
            }
            k.hash = hash;
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

    private static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
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
