package dev.ambit.api.manifest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/**
 * A file in the runtime directory, for those who write there: written under a hidden name, then
 * renamed, so that no reader ever sees half of it.
 */
public final class OverlayFile {
    private OverlayFile() {}

    /**
     * Writes the objects (maps as {@link Manifest#content} has them, possibly partial; a null value
     * takes a field away) to {@code <directory>/<name>.yaml}. The directory is made if missing.
     */
    public static void write(Path directory, String name, List<Map<String, Object>> objects)
            throws IOException {
        Dump dump = new Dump(DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).build());
        String text = dump.dumpAllToString(objects.iterator());
        Files.createDirectories(directory);
        Path hidden = directory.resolve("." + name + ".yaml.new");
        Files.writeString(hidden, text);
        Files.move(
                hidden,
                directory.resolve(name + ".yaml"),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    /** Removes the file if it is there. */
    public static void remove(Path directory, String name) throws IOException {
        Files.deleteIfExists(directory.resolve(name + ".yaml"));
    }
}
