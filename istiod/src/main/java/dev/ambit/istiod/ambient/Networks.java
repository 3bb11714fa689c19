package dev.ambit.istiod.ambient;

import dev.ambit.istiod.live.Reads;
import dev.ambit.istiod.resource.Namespace;
import dev.ambit.istiod.resource.ObjectName;
import java.util.Map;

/** Which network something is in: its own label, else that of the root namespace, else "". */
final class Networks {
    private final MeshInputs inputs;
    private final ObjectName root;

    Networks(MeshInputs inputs, MeshSettings settings) {
        this.inputs = inputs;
        this.root = new ObjectName("", settings.rootNamespace());
    }

    String of(Map<String, String> labels, Reads reads) {
        String own = labels.get(MeshLabels.NETWORK);
        return own != null ? own : local(reads);
    }

    String local(Reads reads) {
        Namespace namespace = reads.get(inputs.namespaces, root);
        return namespace == null ? "" : namespace.meta().label(MeshLabels.NETWORK).orElse("");
    }
}
