package dev.ambit.istiod.testing;

import dev.ambit.istiod.resource.MeshObject;
import dev.ambit.istiod.resource.ObjectId;
import dev.ambit.istiod.resource.ObjectName;
import dev.ambit.istiod.resource.ObjectProblem;
import dev.ambit.istiod.resource.RawObject;
import dev.ambit.istiod.resource.Reading;
import dev.ambit.istiod.resource.ResourceReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Objects as tests write them: YAML text, documents divided by {@code ---}. */
public final class MeshYaml {
    private MeshYaml() {}

    /** Every document as it is, before anybody checks it. */
    public static List<RawObject> raw(String yaml) {
        List<RawObject> all = new ArrayList<>();
        Load load = new Load(LoadSettings.builder().build());
        for (Object document : load.loadAllFromString(yaml)) {
            if (document instanceof Map<?, ?> map) {
                all.add(raw(map));
            }
        }
        return all;
    }

    /** Every document as a checked object; a bad one fails the test. */
    public static List<MeshObject> objects(String yaml) {
        return raw(yaml).stream().map(MeshYaml::taken).toList();
    }

    /** The only object of a text. */
    public static <T extends MeshObject> T object(Class<T> type, String yaml) {
        List<MeshObject> all = objects(yaml);
        if (all.size() != 1) {
            throw new IllegalArgumentException(all.size() + " objects (expected: 1)");
        }
        return type.cast(all.getFirst());
    }

    private static MeshObject taken(RawObject object) {
        return switch (ResourceReader.read(object)) {
            case Reading.Taken t -> t.object();
            case Reading.NotOurs n ->
                    throw new IllegalArgumentException(object.id() + " is not of the mesh");
            case Reading.Refused r ->
                    throw new IllegalArgumentException(
                            r.problems().stream().map(ObjectProblem::message).toList().toString());
        };
    }

    private static RawObject raw(Map<?, ?> map) {
        Map<?, ?> metadata = (Map<?, ?>) map.get("metadata");
        if (metadata == null) {
            throw new IllegalArgumentException("metadata: nothing (expected: a name)");
        }
        String apiVersion = String.valueOf(map.get("apiVersion"));
        int slash = apiVersion.indexOf('/');
        String kind = String.valueOf(map.get("kind"));
        Object namespace = metadata.get("namespace");
        return new RawObject(
                new ObjectId(
                        slash < 0 ? "" : apiVersion.substring(0, slash),
                        kind,
                        new ObjectName(
                                namespace == null ? "" : namespace.toString(),
                                String.valueOf(metadata.get("name")))),
                texts(map),
                path -> "test");
    }

    /** Keys are text, as in every object, whatever YAML takes them for. */
    private static Map<String, Object> texts(Map<?, ?> map) {
        Map<String, Object> found = new LinkedHashMap<>();
        map.forEach(
                (k, v) -> {
                    if (v != null) {
                        found.put(String.valueOf(k), value(v));
                    }
                });
        return found;
    }

    private static Object value(Object value) {
        return switch (value) {
            case Map<?, ?> map -> texts(map);
            case List<?> list -> list.stream().map(MeshYaml::value).toList();
            default -> value;
        };
    }
}
