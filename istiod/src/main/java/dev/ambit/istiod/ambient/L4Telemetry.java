package dev.ambit.istiod.ambient;

import dev.ambit.istiod.live.IndexTable;
import dev.ambit.istiod.live.Reads;
import dev.ambit.istiod.resource.ObjectName;
import dev.ambit.istiod.resource.Pod;
import dev.ambit.istiod.resource.Telemetry;
import dev.ambit.policy.telemetry.AccessRule;
import dev.ambit.policy.telemetry.TraceRule;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a Telemetry says to node proxies.
 *
 * @param mesh whether it is for all workloads
 * @param uids the workloads it selects; null if it is for all, or for all of its namespace
 * @param access which connections get a line; null if it does not say
 * @param tracing which connections get a span; null if it does not say
 * @param created seconds since 1970
 */
public record L4Telemetry(
        boolean mesh,
        @Nullable List<String> uids,
        @Nullable AccessRule access,
        @Nullable TraceRule tracing,
        long created) {

    public L4Telemetry {
        uids = uids == null ? null : List.copyOf(uids);
    }

    /** Telemetry to this, its selector resolved among the pods of its namespace. */
    record Recipe(
            MeshInputs inputs,
            IndexTable<String, ObjectName> podsByNamespace,
            Uids names,
            String root)
            implements dev.ambit.istiod.live.Recipe<ObjectName, L4Telemetry> {

        @Override
        public @Nullable L4Telemetry compute(ObjectName name, Reads reads) {
            Telemetry telemetry = reads.get(inputs.telemetries, name);
            if (telemetry == null || (telemetry.access() == null && telemetry.tracing() == null)) {
                return null;
            }
            Map<String, String> selector = telemetry.selector();
            boolean all = selector == null || selector.isEmpty();
            return new L4Telemetry(
                    all && name.namespace().equals(root),
                    all ? null : selected(name.namespace(), selector, reads),
                    telemetry.access(),
                    telemetry.tracing(),
                    telemetry.meta().created().getEpochSecond());
        }

        private List<String> selected(
                String namespace, @Nullable Map<String, String> selector, Reads reads) {
            List<String> uids = new ArrayList<>();
            for (ObjectName name : reads.find(podsByNamespace, namespace)) {
                Pod pod = reads.get(inputs.pods, name);
                if (pod != null
                        && selector != null
                        && SelectorCell.selects(selector, pod.meta().labels())) {
                    uids.addAll(names.of(pod));
                }
            }
            Collections.sort(uids);
            return uids;
        }
    }
}
