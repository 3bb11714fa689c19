package dev.ambit.istiod.kube;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a CustomResourceDefinition says about when and how a kind is served. */
final class Definitions {
    private Definitions() {}

    /** The version to read a kind in; "" as long as none that we know is served. */
    static String version(ApiKind kind, GenericKubernetesResource definition) {
        Map<String, Object> fields = definition.getAdditionalProperties();
        if (!established(fields)) {
            return "";
        }
        List<?> versions = list(map(fields.get("spec")).get("versions"));
        for (String known : kind.versions()) {
            for (Object version : versions) {
                Map<?, ?> served = map(version);
                if (known.equals(served.get("name")) && Boolean.TRUE.equals(served.get("served"))) {
                    return known;
                }
            }
        }
        return "";
    }

    /** Before that the API server does not answer for it. */
    private static boolean established(Map<String, Object> fields) {
        for (Object condition : list(map(fields.get("status")).get("conditions"))) {
            Map<?, ?> c = map(condition);
            if ("Established".equals(c.get("type"))) {
                return "True".equals(c.get("status"));
            }
        }
        return false;
    }

    private static Map<?, ?> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    private static List<?> list(@Nullable Object value) {
        return value instanceof List<?> list ? list : List.of();
    }
}
