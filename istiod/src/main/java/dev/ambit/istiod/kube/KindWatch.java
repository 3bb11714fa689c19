package dev.ambit.istiod.kube;

import dev.ambit.istiod.resource.ObjectName;
import dev.ambit.runtime.log.Log;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One kind, followed. A built-in one from the start; another as long as its definition is there, in
 * the best version it serves. Lists come by pages and are consistent; a watch that ends for
 * whatever reason is taken up again, after a fresh list where the API server has forgotten (410).
 * Guarded by itself: called by the threads of its informers.
 */
final class KindWatch implements AutoCloseable {
    private static final Log LOG = Log.get("istiod::kube");

    /** Objects a page: some megabytes of the heaviest kind. */
    private static final long PAGE = 500;

    private final ApiKind kind;
    private final KubernetesClient client;
    private final Intake intake;
    private final KubernetesEvents events;
    private final Executor executor;
    private final CompletableFuture<Void> synced = new CompletableFuture<>();

    private @Nullable SharedIndexInformer<GenericKubernetesResource> definition;
    private boolean definitionListed;

    /** The version to read, "" while there is none. Written by the definition's informer. */
    private volatile String wanted = "";

    private @Nullable Running running;
    private boolean saidAbsent;

    /** Read by the informers' threads. */
    private volatile boolean closed;

    /** Written by the informers' threads, without the lock: they may hold locks of their own. */
    private volatile String error = "";

    /** An informer of one version. */
    private record Running(
            String version,
            SharedIndexInformer<GenericKubernetesResource> informer,
            VersionStore store) {}

    /**
     * @param executor for what is done because of an event, not on the thread that brings it
     */
    KindWatch(
            ApiKind kind,
            KubernetesClient client,
            Intake intake,
            KubernetesEvents events,
            Executor executor) {
        this.kind = kind;
        this.client = client;
        this.intake = intake;
        this.events = events;
        this.executor = executor;
    }

    /** Starts; the stage ends when everything there is has been handed on. Called once. */
    synchronized CompletionStage<Void> start() {
        if (kind.builtIn()) {
            wanted = kind.versions().getFirst();
            reconcile();
            return synced;
        }
        SharedIndexInformer<GenericKubernetesResource> made =
                informer(
                        ApiKind.DEFINITIONS,
                        "v1",
                        kind.definition(),
                        new VersionStore(new DefinitionReader()));
        definition = made;
        CompletionStage<Void> _ = made.start().thenRunAsync(this::listed, executor);
        return synced;
    }

    private final class DefinitionReader implements VersionStore.Reader {
        @Override
        public void changed(GenericKubernetesResource object) {
            want(Definitions.version(kind, object));
        }

        @Override
        public void gone(ObjectName name) {
            want("");
        }
    }

    private void want(String version) {
        wanted = version;
        if (!closed) {
            executor.execute(this::reconcile);
        }
    }

    private synchronized void listed() {
        definitionListed = true;
        error = "";
        reconcile();
    }

    /** Brings what runs in line with what is wanted. */
    private synchronized void reconcile() {
        Running now = running;
        String version = wanted;
        if (closed || (now != null && now.version().equals(version))) {
            return;
        }
        Set<String> left = Set.of();
        if (now != null) {
            running = null;
            now.informer().stop();
            left = now.store().end();
        }
        if (!version.isEmpty()) {
            run(version, left);
            return;
        }
        left.forEach(key -> intake.gone(RawObjects.id(kind, VersionStore.name(key))));
        if (definitionListed) {
            sayAbsent();
            synced.complete(null);
        }
    }

    private void sayAbsent() {
        if (!saidAbsent) {
            saidAbsent = true;
            LOG.info(
                    "kind is not installed, read once it is",
                    "kind",
                    kind.toString(),
                    "versions",
                    String.join(",", kind.versions()));
        }
    }

    /**
     * @param left keys of what the version before had: what this one does not have is gone
     */
    private void run(String version, Set<String> left) {
        if (saidAbsent) {
            saidAbsent = false;
            LOG.info("kind is installed", "kind", kind.toString(), "version", version);
        }
        VersionStore store = new VersionStore(new ObjectReader());
        Running made = new Running(version, informer(kind, version, "", store), store);
        running = made;
        CompletionStage<Void> _ =
                made.informer().start().thenRunAsync(() -> ran(made, left), executor);
    }

    private synchronized void ran(Running made, Set<String> left) {
        if (!made.equals(running)) {
            return;
        }
        error = "";
        for (String key : left) {
            if (!made.store().holds(key)) {
                intake.gone(RawObjects.id(kind, VersionStore.name(key)));
            }
        }
        LOG.debug("kind read", "kind", kind.toString(), "objects", made.store().size());
        synced.complete(null);
    }

    private final class ObjectReader implements VersionStore.Reader {
        @Override
        public void changed(GenericKubernetesResource object) {
            intake.changed(RawObjects.of(kind, object));
        }

        @Override
        public void gone(ObjectName name) {
            intake.gone(RawObjects.id(kind, name));
        }
    }

    /**
     * @param name of the one object wanted, "" for all
     */
    private SharedIndexInformer<GenericKubernetesResource> informer(
            ApiKind of, String version, String name, VersionStore store) {
        FilterWatchListDeletable<
                        GenericKubernetesResource,
                        GenericKubernetesResourceList,
                        Resource<GenericKubernetesResource>>
                everywhere = client.genericKubernetesResources(of.in(version)).inAnyNamespace();
        Informable<GenericKubernetesResource> some =
                name.isEmpty() ? everywhere : everywhere.withField("metadata.name", name);
        return some.withLimit(PAGE)
                .runnableInformer(0)
                .itemStore(store)
                .removeIndexer(Cache.NAMESPACE_INDEX)
                // With an initial state, be it empty, lists are consistent and come by pages.
                .initialState(Stream.empty())
                .exceptionHandler((started, failure) -> retry(of, failure));
    }

    private boolean retry(ApiKind of, Throwable failure) {
        String said = Failures.said(failure);
        if (closed) {
            return false;
        }
        error = of.equals(kind) ? said : of + ": " + said;
        events.watchFailed(of.toString(), said);
        return true;
    }

    synchronized KindStatus status() {
        Running now = running;
        SharedIndexInformer<GenericKubernetesResource> watching =
                now == null ? definition : now.informer();
        boolean watched = watching != null && watching.isWatching();
        return new KindStatus(
                kind.toString(),
                now == null ? "" : now.version(),
                synced.isDone(),
                now == null ? 0 : now.store().size(),
                watched,
                watched ? "" : error);
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (definition != null) {
            definition.stop();
        }
        if (running != null) {
            running.informer().stop();
            running.store().end();
        }
    }
}
