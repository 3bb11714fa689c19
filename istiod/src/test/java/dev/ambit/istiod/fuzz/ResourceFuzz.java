package dev.ambit.istiod.fuzz;

import dev.ambit.istiod.resource.ObjectId;
import dev.ambit.istiod.resource.ObjectName;
import dev.ambit.istiod.resource.RawObject;
import dev.ambit.istiod.resource.Reading;
import dev.ambit.istiod.resource.ResourceReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * A Kubernetes object, the first line its {@code group/kind}: taken, the same each time, or refused
 * with problems, each with a place; or none of ours.
 */
public final class ResourceFuzz {

    private ResourceFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        int end = text.indexOf('\n');
        String[] kind = text.substring(0, Math.max(end, 0)).split("/", 2);
        if (!(content(text.substring(end + 1)) instanceof Map<?, ?> content)) {
            return;
        }
        RawObject object =
                new RawObject(
                        new ObjectId(
                                kind.length == 2 ? kind[0] : "",
                                kind[kind.length - 1],
                                new ObjectName("ns", "name")),
                        texts(content),
                        path -> path.toString());
        Reading reading = ResourceReader.read(object);
        if (reading instanceof Reading.Refused refused && refused.problems().isEmpty()) {
            throw new IllegalStateException("refused without a problem");
        }
        if (!ResourceReader.read(object).equals(reading)) {
            throw new IllegalStateException("another object the second time: " + reading);
        }
    }

    private static Object content(String yaml) {
        try {
            Object read =
                    new Load(LoadSettings.builder().setMaxAliasesForCollections(5).build())
                            .loadFromString(yaml);
            return read == null ? "" : read;
        } catch (YamlEngineException | StackOverflowError notYaml) {
            // Manifests have a reader of their own, with a target of its own.
            return "";
        }
    }

    /** As the reader of manifests makes them: string keys, Long and Double, nothing for null. */
    private static Map<String, Object> texts(Map<?, ?> map) {
        return map.entrySet().stream()
                .filter(e -> e.getValue() != null)
                .collect(
                        Collectors.toMap(
                                e -> String.valueOf(e.getKey()),
                                e -> value(e.getValue()),
                                (a, b) -> a));
    }

    private static Object value(Object value) {
        return switch (value) {
            case Map<?, ?> map -> texts(map);
            case List<?> list -> list.stream().map(v -> v == null ? Map.of() : value(v)).toList();
            case Integer number -> number.longValue();
            case String text -> text;
            case Boolean flag -> flag;
            case Number number -> number.doubleValue();
            default -> value.toString();
        };
    }
}
