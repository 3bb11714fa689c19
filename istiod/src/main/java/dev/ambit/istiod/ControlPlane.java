package dev.ambit.istiod;

import dev.ambit.istiod.ambient.AmbientTables;
import dev.ambit.istiod.ambient.MeshInputs;
import dev.ambit.istiod.ambient.MeshSettings;
import dev.ambit.istiod.live.MeshLoop;
import dev.ambit.istiod.live.TableGraph;
import dev.ambit.istiod.resource.MeshObject;
import dev.ambit.istiod.resource.Source;
import dev.ambit.istiod.routing.RoutingTables;
import dev.ambit.istiod.xds.ResourceCatalog;
import java.util.List;

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
    private final ResourceCatalog catalog;
    private final Runnable onSync;
    private boolean synced;

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
        this.catalog = new ResourceCatalog();
        // Tables tell the feeds during the wave, the catalog tells the streams after it.
        AmbientFeed.connect(ambient, catalog);
        WaypointFeed.connect(routing, catalog);
        loop.onWave(graph::settle);
        loop.onWave(catalog::publish);
        loop.onWave(this::tellSynced);
    }

    @Override
    public void changed(List<MeshObject> taken, List<MeshObject> removed) {
        loop.execute(() -> apply(taken, removed));
    }

    private void apply(List<MeshObject> taken, List<MeshObject> removed) {
        removed.forEach(inputs::remove);
        taken.forEach(inputs::put);
        loop.changed();
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
