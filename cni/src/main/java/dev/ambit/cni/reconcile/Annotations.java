package dev.ambit.cni.reconcile;

import dev.ambit.api.manifest.OverlayFile;
import dev.ambit.cni.enrolment.Enrolment;
import dev.ambit.cni.enrolment.PodId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Says in the runtime directory how far each pod is: {@code <runtime>/node-agent/<node>.yaml}, one
 * file a node, written whole and only when it changes. Confined to one thread.
 */
public final class Annotations {

    private static final String WRITER = "node-agent";

    private final Path directory;
    private final String node;
    private Map<String, Mark> written = Map.of();
    private boolean first = true;

    public Annotations(Path runtime, String node) {
        this.directory = runtime.resolve(WRITER);
        this.node = node;
    }

    void write(Iterable<ActualPod> pods) throws IOException {
        Map<String, Mark> now = new TreeMap<>();
        List<Map<String, Object>> objects = new ArrayList<>();
        for (ActualPod pod : pods) {
            if (pod.mark() != Mark.NONE) {
                now.put(pod.id().toString(), pod.mark());
                objects.add(object(pod.id(), pod.mark()));
            }
        }
        if (!first && now.equals(written)) {
            return;
        }
        if (objects.isEmpty()) {
            OverlayFile.remove(directory, node);
        } else {
            OverlayFile.write(directory, node, objects);
        }
        written = now;
        first = false;
    }

    private static Map<String, Object> object(PodId id, Mark mark) {
        return Map.of(
                "apiVersion",
                "v1",
                "kind",
                "Pod",
                "metadata",
                Map.of(
                        "name",
                        id.name(),
                        "namespace",
                        id.namespace(),
                        "annotations",
                        Map.of(Enrolment.REDIRECTION, mark.text())));
    }
}
