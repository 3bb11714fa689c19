package dev.ambit.istiod.directory;

import dev.ambit.api.manifest.ManifestProblem;
import dev.ambit.istiod.resource.ObjectProblem;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What the directories came to, for logs, metrics and debug pages.
 *
 * @param generation goes up with every change
 * @param objects how many are in use
 * @param files those not taken; their last good content is in use
 * @param refused what is wrong with objects; their last good versions are in use
 */
public record DirectoryStatus(
        long generation,
        int objects,
        Map<Path, ManifestProblem> files,
        List<ObjectProblem> refused) {

    public static final DirectoryStatus EMPTY = new DirectoryStatus(0, 0, Map.of(), List.of());

    public DirectoryStatus {
        files = Map.copyOf(files);
        refused = List.copyOf(refused);
    }
}
