package dev.ambit.istiod.ambient;

import java.util.List;
import java.util.Map;

/** What a workload is called in metrics and consoles, in the order every tool of Istio looks. */
public final class CanonicalName {
    private static final List<String> NAMES =
            List.of("service.istio.io/canonical-name", "app.kubernetes.io/name", "app");
    private static final List<String> REVISIONS =
            List.of("service.istio.io/canonical-revision", "app.kubernetes.io/version", "version");

    private CanonicalName() {}

    public static String name(Map<String, String> labels, String otherwise) {
        return first(NAMES, labels, otherwise);
    }

    public static String revision(Map<String, String> labels) {
        return first(REVISIONS, labels, "latest");
    }

    private static String first(List<String> keys, Map<String, String> labels, String otherwise) {
        for (String key : keys) {
            String value = labels.get(key);
            if (value != null && !value.isEmpty()) {
                return value;
            }
        }
        return otherwise;
    }
}
