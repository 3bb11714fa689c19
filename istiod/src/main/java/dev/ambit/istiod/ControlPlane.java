package dev.ambit.istiod;

import dev.ambit.istiod.ambient.AmbientTables;
import dev.ambit.istiod.ambient.MeshInputs;
import dev.ambit.istiod.ambient.MeshSettings;
import dev.ambit.istiod.live.IndexTable;
import dev.ambit.istiod.live.MeshLoop;
import dev.ambit.istiod.live.TableGraph;
import dev.ambit.istiod.resource.MeshObject;
import dev.ambit.istiod.resource.ObjectName;
import dev.ambit.istiod.resource.Pod;
import dev.ambit.istiod.resource.Source;
import dev.ambit.istiod.routing.RoutingTables;
import dev.ambit.istiod.xds.ResourceCatalog;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way of an object to the proxies, as a list: source, inputs, derived tables, catalog, streams.
 * Everything here lives on the mesh loop; a source hops onto it.
 */
public final class ControlPlane implements Source.Sink {
    private final MeshLoop loop;
    private final TableGraph graph;
    private final MeshInputs inputs;
    private final AmbientTables ambient;
    private final RoutingTables routing;
    private final IndexTable<RunsOn, ObjectName> podsByAccount;
    private final ResourceCatalog catalog;
    private final Runnable onSync;
    private boolean synced;

    /** When the oldest change of the wave came in, and whether that wave is being told. */
    private long changedAt;

    private boolean changePending;
    private boolean telling;

    /** An account on a node. */
    private record RunsOn(String node, String namespace, String serviceAccount) {}

    /**
     * @param onSync called once, on the loop, when the source's first objects are in the catalog
     */
    public ControlPlane(
            MeshLoop loop,
            MeshSettings settings,
            TableGraph.FailureListener failures,
            Runnable onSync) {
        this.loop = loop;
        this.onSync = onSync;
        this.graph = new TableGraph(failures);
        this.inputs = new MeshInputs(graph);
        this.ambient = new AmbientTables(graph, inputs, settings);
        this.routing = new RoutingTables(graph, inputs, settings, ambient);
        this.podsByAccount = graph.index("podsByAccount", inputs.pods, (name, pod) -> places(pod));
        this.catalog = new ResourceCatalog();
        // Tables tell the feeds during the wave, the catalog tells the streams after it.
        AmbientFeed.connect(ambient, catalog);
        WaypointFeed.connect(routing, catalog);
        TelemetryFeed.connect(ambient, catalog);
        loop.onWave(graph::settle);
        loop.onWave(this::publish);
        loop.onWave(this::tellSynced);
    }

    @Override
    public void changed(List<MeshObject> taken, List<MeshObject> removed) {
        loop.execute(() -> apply(taken, removed));
    }

    private void apply(List<MeshObject> taken, List<MeshObject> removed) {
        removed.forEach(inputs::remove);
        taken.forEach(inputs::put);
        if (!changePending) {
            changePending = true;
            changedAt = System.nanoTime();
        }
        loop.changed();
    }

    private void publish() {
        changePending = false;
        telling = true;
        catalog.publish();
        telling = false;
    }

    /** Nanoseconds since the change that is being told; negative when none is. On the loop. */
    long sinceChange() {
        return telling ? System.nanoTime() - changedAt : -1;
    }

    private static List<RunsOn> places(Pod pod) {
        return pod.phase().terminal() || pod.nodeName().isEmpty()
                ? List.of()
                : List.of(new RunsOn(pod.nodeName(), pod.namespace(), pod.serviceAccount()));
    }

    /** Whether a pod of the account that may still run is on the node. On the loop. */
    boolean runsOnNode(String node, String namespace, String serviceAccount) {
        loop.assertInLoop();
        return !podsByAccount.members(new RunsOn(node, namespace, serviceAccount)).isEmpty();
    }

    /** The pod of a name, as the source last had it; null if there is none. On the loop. */
    @Nullable Pod pod(ObjectName name) {
        loop.assertInLoop();
        return inputs.pods.get(name);
    }

    private void tellSynced() {
        if (!synced) {
            synced = true;
            onSync.run();
        }
    }

    public MeshLoop loop() {
        return loop;
    }

    public MeshInputs inputs() {
        return inputs;
    }

    public AmbientTables ambient() {
        return ambient;
    }

    public RoutingTables routing() {
        return routing;
    }

    public ResourceCatalog catalog() {
        return catalog;
    }

    public TableGraph graph() {
        return graph;
    }
}
