package dev.ambit.istiod.kube;

import dev.ambit.istiod.resource.ObjectId;
import dev.ambit.istiod.resource.ObjectName;
import dev.ambit.istiod.resource.RawObject;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An object of the client library as the readers take it, without what only weighs. */
final class RawObjects {
    private RawObjects() {}

    static RawObject of(ApiKind kind, GenericKubernetesResource object) {
        ObjectMeta meta = object.getMetadata();
        Map<String, Object> content = new LinkedHashMap<>(object.getAdditionalProperties());
        content.put("metadata", metadata(meta));
        String where = "API server, " + kind;
        return new RawObject(id(kind, name(meta)), content, path -> where);
    }

    static ObjectId id(ApiKind kind, ObjectName name) {
        return new ObjectId(kind.group(), kind.kind(), name);
    }

    private static ObjectName name(ObjectMeta meta) {
        return new ObjectName(Objects.requireNonNullElse(meta.getNamespace(), ""), meta.getName());
    }

    private static Map<String, Object> metadata(ObjectMeta meta) {
        Map<String, Object> fields = new LinkedHashMap<>();
        put(fields, "uid", meta.getUid());
        put(fields, "labels", meta.getLabels());
        fields.put("annotations", ours(meta.getAnnotations()));
        put(fields, "creationTimestamp", meta.getCreationTimestamp());
        put(fields, "deletionTimestamp", meta.getDeletionTimestamp());
        List<Map<String, Object>> owners = new ArrayList<>();
        for (OwnerReference owner : meta.getOwnerReferences()) {
            owners.add(
                    Map.of(
                            "kind",
                            owner.getKind(),
                            "name",
                            owner.getName(),
                            "controller",
                            Boolean.TRUE.equals(owner.getController())));
        }
        fields.put("ownerReferences", owners);
        return fields;
    }

    private static void put(Map<String, Object> fields, String name, @Nullable Object value) {
        if (value != null) {
            fields.put(name, value);
        }
    }

    /**
     * The annotations a mesh may read. The others are the better part of many objects (what kubectl
     * applied last), and some change all the time: an object that differs in them is the same.
     */
    private static Map<String, String> ours(@Nullable Map<String, String> annotations) {
        Map<String, String> kept = new LinkedHashMap<>();
        if (annotations != null) {
            annotations.forEach(
                    (key, value) -> {
                        String domain = key.substring(0, Math.max(0, key.indexOf('/')));
                        if (domain.equals("istio.io")
                                || domain.endsWith(".istio.io")
                                || domain.equals("ambit.dev")
                                || domain.endsWith(".ambit.dev")) {
                            kept.put(key, value);
                        }
                    });
        }
        return kept;
    }
}
