package dev.ambit.istiod;

import dev.ambit.api.manifest.ManifestProblem;
import dev.ambit.istiod.directory.DirectoryStatus;
import dev.ambit.istiod.kube.KindStatus;
import dev.ambit.istiod.kube.KubernetesSource;
import dev.ambit.istiod.resource.ObjectProblem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code /debug/manifests} and {@code /debug/kubernetes}: what is read, what of it is not taken,
 * and why.
 */
final class ObjectsPage {
    private ObjectsPage() {}

    static Map<String, Object> of(DirectoryStatus status) {
        List<Map<String, Object>> files = new ArrayList<>();
        for (ManifestProblem p : status.files().values()) {
            Map<String, Object> m = new LinkedHashMap<>();
            m.put("code", p.code());
            m.put("what", p.what());
            m.put("where", p.where().toString());
            m.put("why", p.why());
            m.put("do", p.fix());
            files.add(m);
        }
        Map<String, Object> page = new LinkedHashMap<>();
        page.put("generation", status.generation());
        page.put("objects", status.objects());
        page.put("rejectedFiles", files);
        page.put("rejectedObjects", objects(status.refused()));
        return page;
    }

    static Map<String, Object> of(KubernetesSource source) {
        List<Map<String, Object>> kinds = new ArrayList<>();
        for (KindStatus kind : source.kinds()) {
            Map<String, Object> m = new LinkedHashMap<>();
            m.put("kind", kind.kind());
            m.put("version", kind.version());
            m.put("synced", kind.synced());
            m.put("objects", kind.objects());
            m.put("watched", kind.watched());
            m.put("error", kind.error());
            kinds.add(m);
        }
        Map<String, Object> page = new LinkedHashMap<>();
        page.put("objects", source.size());
        page.put("kinds", kinds);
        page.put("rejectedObjects", objects(source.refused()));
        return page;
    }

    private static List<Map<String, Object>> objects(List<ObjectProblem> refused) {
        List<Map<String, Object>> objects = new ArrayList<>();
        for (ObjectProblem p : refused) {
            Map<String, Object> m = new LinkedHashMap<>();
            m.put("code", p.code());
            m.put("object", p.object().toString());
            m.put("where", p.where());
            m.put("field", p.field());
            m.put("why", p.why());
            m.put("do", p.fix());
            objects.add(m);
        }
        return objects;
    }
}
