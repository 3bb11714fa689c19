package dev.ambit.istiod.testing;

import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.policy.Authorization;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.Workload;
import dev.ambit.istiod.ambient.AmbientTables;
import dev.ambit.istiod.ambient.L4PolicyTranslation;
import dev.ambit.istiod.ambient.MeshInputs;
import dev.ambit.istiod.ambient.MeshSettings;
import dev.ambit.istiod.live.DerivedTable;
import dev.ambit.istiod.live.Table;
import dev.ambit.istiod.live.TableGraph;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** The tables of a mesh on the test's own thread. A recipe that throws fails the test. */
public final class TestMesh {
    private final TableGraph graph =
            new TableGraph(
                    (table, key, cause) -> {
                        throw new AssertionError(table + " of " + key + " threw", cause);
                    });
    private final MeshInputs inputs = new MeshInputs(graph);
    private final AmbientTables ambient = new AmbientTables(graph, inputs, MeshSettings.DEFAULT);
    private Map<String, Long> counted = Map.of();

    /** Puts objects and runs a wave. */
    public TestMesh apply(String yaml) {
        MeshYaml.objects(yaml).forEach(inputs::put);
        graph.settle();
        return this;
    }

    /** Takes objects away and runs a wave. */
    public TestMesh delete(String yaml) {
        MeshYaml.objects(yaml).forEach(inputs::remove);
        graph.settle();
        return this;
    }

    public TableGraph graph() {
        return graph;
    }

    public MeshInputs inputs() {
        return inputs;
    }

    public AmbientTables ambient() {
        return ambient;
    }

    public Workload workload(String uid) {
        return there(ambient.workloads().get(uid), uid);
    }

    public MeshService service(String key) {
        return there(ambient.services().get(NamespacedHostname.parse(key)), key);
    }

    /** Every L4 policy that is sent, by key. */
    public Map<String, Authorization> policies() {
        Map<String, Authorization> all = new TreeMap<>();
        ambient.l4Policies()
                .entries()
                .values()
                .forEach(
                        r -> {
                            if (r instanceof L4PolicyTranslation.Result.Sent s) {
                                all.put(s.policy().key(), s.policy());
                            }
                        });
        ambient.portPolicies().entries().values().forEach(p -> all.put(p.key(), p));
        ambient.strictPolicies().entries().values().forEach(p -> all.put(p.key(), p));
        return all;
    }

    /**
     * How often each table computed a value since the last call; tables that did not are left out.
     */
    public Map<String, Long> computedSinceLastCall() {
        Map<String, Long> now = new LinkedHashMap<>();
        for (Table<?, ?> table : graph.tables()) {
            if (table instanceof DerivedTable<?, ?> derived) {
                now.put(derived.name(), derived.computed());
            }
        }
        Map<String, Long> difference = new TreeMap<>();
        now.forEach(
                (name, count) -> {
                    long more = count - counted.getOrDefault(name, 0L);
                    if (more > 0) {
                        difference.put(name, more);
                    }
                });
        counted = now;
        return difference;
    }

    private static <T> T there(@org.jspecify.annotations.Nullable T value, String name) {
        if (value == null) {
            throw new AssertionError(name + " is not there");
        }
        return value;
    }
}
