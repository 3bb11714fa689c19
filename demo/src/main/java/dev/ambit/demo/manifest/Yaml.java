package dev.ambit.demo.manifest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** Documents of a file to values and back. JSON is YAML too. */
public final class Yaml {

    private Yaml() {}

    /** All documents of a text; those that are {@code kind: List} as their items. */
    public static List<Tree> parse(String text, String label) {
        LoadSettings settings =
                LoadSettings.builder()
                        .setLabel(label)
                        .setSchema(new CoreSchema())
                        .setAllowDuplicateKeys(false)
                        .build();
        List<Tree> documents = new ArrayList<>();
        for (Object document : new Load(settings).loadAllFromString(text)) {
            Tree tree = new Tree(document);
            if (tree.at("kind").text("").equals("List")) {
                documents.addAll(tree.at("items").list());
            } else if (tree.present()) {
                documents.add(tree);
            }
        }
        return documents;
    }

    public static String print(List<? extends Map<String, ?>> documents) {
        DumpSettings settings =
                DumpSettings.builder()
                        // Quotes what a reader of the wider schema would take for a truth value.
                        .setSchema(new CoreSchema())
                        .setDefaultFlowStyle(FlowStyle.BLOCK)
                        .setExplicitStart(true)
                        .setIndent(2)
                        .setIndicatorIndent(2)
                        .setIndentWithIndicator(true)
                        .setWidth(200)
                        .build();
        return new Dump(settings).dumpAllToString(documents.iterator());
    }

    /** Replaces a file at once: a reader sees the old content or the new. */
    public static void write(Path file, String content) throws IOException {
        Path directory = Objects.requireNonNull(file.getParent(), "file has no directory");
        Files.createDirectories(directory);
        Path unfinished = directory.resolve("." + file.getFileName());
        Files.writeString(unfinished, content);
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Maps merge; of everything else the later wins. */
    public static @Nullable Object merge(@Nullable Object earlier, @Nullable Object later) {
        if (!(earlier instanceof Map<?, ?> first) || !(later instanceof Map<?, ?> second)) {
            return later;
        }
        Map<Object, @Nullable Object> merged = new LinkedHashMap<>(first);
        second.forEach((k, v) -> merged.merge(Objects.requireNonNull(k), v, Yaml::merge));
        return merged;
    }
}
