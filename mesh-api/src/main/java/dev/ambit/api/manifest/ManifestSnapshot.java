package dev.ambit.api.manifest;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the directories say at one moment.
 *
 * @param generation goes up when objects or problems changed
 * @param objects every object by its key; the same {@link Manifest} instance as in the snapshot
 *     before when nothing about it changed
 * @param problems the files that are not taken, by path, sorted
 */
public record ManifestSnapshot(
        long generation, Map<ManifestKey, Manifest> objects, Map<Path, ManifestProblem> problems) {

    /** Before the first scan. */
    public static final ManifestSnapshot EMPTY = new ManifestSnapshot(0, Map.of(), Map.of());

    /** What is different from an earlier snapshot. */
    public record Changes(List<Manifest> changed, List<Manifest> removed) {
        public boolean isEmpty() {
            return changed.isEmpty() && removed.isEmpty();
        }
    }

    /** The objects that are new or different since an earlier snapshot, and those gone. */
    public Changes since(ManifestSnapshot earlier) {
        List<Manifest> changed = new ArrayList<>();
        objects.forEach(
                (key, manifest) -> {
                    if (earlier.objects.get(key) != manifest) {
                        changed.add(manifest);
                    }
                });
        List<Manifest> removed = new ArrayList<>();
        earlier.objects.forEach(
                (key, manifest) -> {
                    if (!objects.containsKey(key)) {
                        removed.add(manifest);
                    }
                });
        return new Changes(changed, removed);
    }
}
