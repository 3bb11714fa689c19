package dev.ambit.istiod;

import dev.ambit.api.manifest.ManifestProblem;
import dev.ambit.istiod.directory.DirectoryStatus;
import dev.ambit.istiod.resource.ObjectProblem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code /debug/manifests}: what of the directories is not taken, and why. */
final class ManifestsPage {
    private ManifestsPage() {}

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
        List<Map<String, Object>> objects = new ArrayList<>();
        for (ObjectProblem p : status.refused()) {
            Map<String, Object> m = new LinkedHashMap<>();
            m.put("code", p.code());
            m.put("object", p.object().toString());
            m.put("where", p.where());
            m.put("field", p.field());
            m.put("why", p.why());
            m.put("do", p.fix());
            objects.add(m);
        }
        Map<String, Object> page = new LinkedHashMap<>();
        page.put("generation", status.generation());
        page.put("objects", status.objects());
        page.put("rejectedFiles", files);
        page.put("rejectedObjects", objects);
        return page;
    }
}
