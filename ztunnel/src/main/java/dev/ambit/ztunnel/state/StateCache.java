package dev.ambit.ztunnel.state;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import dev.ambit.api.InvalidResource;
import dev.ambit.api.proto.discovery.DeltaDiscoveryResponse;
import dev.ambit.api.proto.discovery.Resource;
import dev.ambit.client.ads.Named;
import dev.ambit.client.ads.ResourceHandler;
import dev.ambit.runtime.log.Log;
import dev.ambit.runtime.metrics.GaugeVec;
import dev.ambit.runtime.metrics.MetricsRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The last good state of the control plane on disk ({@code AMBIT_STATE_CACHE}), so that a proxy
 * that restarts while nobody answers knows its mesh: what was accepted, with its versions, so that
 * a control plane that comes back tells only what changed since, removals included. Confined to the
 * control loop; writing happens elsewhere, and a disk that is full or read-only costs a warning.
 */
public final class StateCache {

    private static final Log LOG = Log.get("state");

    /** Changes come in bursts; one write is enough for all of a burst. */
    private static final long WRITE_AFTER_MILLIS = 1000;

    private final StateFile file;
    private final Duration maxAge;
    private final Clock clock;
    private final ScheduledExecutorService loop;
    private final java.util.concurrent.Executor blocking;
    private final GaugeVec.Cell staleSince;
    private final GaugeVec.Cell failures;
    private final Map<String, Map<String, Resource>> types = new TreeMap<>();
    private boolean scheduled;
    private boolean writing;

    /** Written on the loop, read by pages. */
    private volatile @Nullable Instant loadedFrom;

    /** Where it writes and who does it. */
    public record Threads(ScheduledExecutorService loop, java.util.concurrent.Executor blocking) {}

    public StateCache(
            Path directory,
            Duration maxAge,
            Clock clock,
            Threads threads,
            MetricsRegistry registry) {
        this.file = new StateFile(directory.resolve("state.bin"));
        this.maxAge = maxAge;
        this.clock = clock;
        this.loop = threads.loop();
        this.blocking = threads.blocking();
        this.staleSince =
                registry.register(
                                GaugeVec.named(
                                        "ambit_state_stale_since_seconds",
                                        "When the cached state in use was written, in seconds of the epoch; 0 when the state is the control plane's."))
                        .cell();
        this.failures =
                registry.register(
                                GaugeVec.named(
                                        "ambit_state_cache_failing",
                                        "Writes of the state cache that failed one after the other; 0 when the last one succeeded."))
                        .cell();
    }

    /**
     * Reads what there is and applies it; what cannot be read, or is too old, counts as nothing.
     *
     * @return whether there is a state to serve from
     */
    public boolean load(List<ResourceHandler<?>> handlers) {
        StateFile.Content content;
        try {
            content = file.read();
        } catch (java.nio.file.NoSuchFileException none) {
            return false;
        } catch (java.io.IOException unusable) {
            LOG.warn(
                    "AMB1230 state cache not used",
                    "path",
                    file.path().toString(),
                    "error",
                    unusable.getMessage());
            return false;
        }
        Duration age = Duration.between(content.written(), clock.instant());
        if (age.compareTo(maxAge) > 0) {
            LOG.warn(
                    "AMB1231 state cache too old",
                    "age",
                    age.toString(),
                    "limit",
                    maxAge.toString());
            return false;
        }
        for (ResourceHandler<?> handler : handlers) {
            apply(handler, content.of(handler.typeUrl()));
        }
        loadedFrom = content.written();
        staleSince.set((double) content.written().getEpochSecond());
        return true;
    }

    /** When the state in use was written; null if it is the control plane's. */
    public @Nullable Instant staleSince() {
        return loadedFrom;
    }

    /** The control plane has said everything. */
    public void synced() {
        loadedFrom = null;
        staleSince.set(0);
    }

    private <T> void apply(ResourceHandler<T> handler, List<Resource> resources) {
        List<Named<T>> decoded = new ArrayList<>();
        Map<String, Resource> kept = remembered(handler.typeUrl());
        for (Resource r : resources) {
            try {
                decoded.add(
                        new Named<>(
                                r.getName(),
                                handler.decode(r.getName(), r.getResource().getValue())));
                kept.put(r.getName(), r);
            } catch (InvalidResource ofAnotherVersion) {
                LOG.warn(
                        "cached resource not used",
                        "name",
                        r.getName(),
                        "error",
                        ofAnotherVersion.reason());
            }
        }
        handler.apply(decoded, List.of()).keySet().forEach(kept::remove);
    }

    private Map<String, Resource> remembered(String type) {
        return types.computeIfAbsent(type, t -> new LinkedHashMap<>());
    }

    /** The same handlers, each of which also remembers what it accepts. */
    public List<ResourceHandler<?>> recording(List<ResourceHandler<?>> handlers) {
        List<ResourceHandler<?>> all = new ArrayList<>();
        handlers.forEach(h -> all.add(new Recording<>(h)));
        return List.copyOf(all);
    }

    /** Passes everything on. */
    private final class Recording<T> implements ResourceHandler<T> {
        private final ResourceHandler<T> handler;
        private final Map<String, ByteString> arrived = new HashMap<>();

        Recording(ResourceHandler<T> handler) {
            this.handler = handler;
        }

        @Override
        public String typeUrl() {
            return handler.typeUrl();
        }

        @Override
        public Map<String, String> knownVersions() {
            Map<String, String> versions = new HashMap<>();
            remembered(typeUrl()).forEach((name, r) -> versions.put(name, r.getVersion()));
            return versions;
        }

        @Override
        public T decode(String name, ByteString value) throws InvalidResource {
            arrived.put(name, value);
            return handler.decode(name, value);
        }

        @Override
        public Map<String, String> apply(List<Named<T>> updates, List<String> removals) {
            return handler.apply(updates, removals);
        }

        @Override
        public void accepted(Map<String, String> versions, List<String> removals) {
            Map<String, Resource> kept = remembered(typeUrl());
            removals.forEach(kept::remove);
            versions.forEach((name, version) -> keep(kept, name, version));
            arrived.clear();
            schedule();
        }

        private void keep(Map<String, Resource> kept, String name, String version) {
            ByteString value = arrived.get(name);
            if (value != null) {
                kept.put(
                        name,
                        Resource.newBuilder()
                                .setName(name)
                                .setVersion(version)
                                .setResource(Any.newBuilder().setTypeUrl(typeUrl()).setValue(value))
                                .build());
            }
        }
    }

    private void schedule() {
        if (!scheduled) {
            scheduled = true;
            loop.schedule(this::write, WRITE_AFTER_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void write() {
        scheduled = false;
        if (writing) {
            schedule();
            return;
        }
        writing = true;
        List<DeltaDiscoveryResponse> all = new ArrayList<>();
        types.forEach(
                (type, resources) ->
                        all.add(
                                DeltaDiscoveryResponse.newBuilder()
                                        .setTypeUrl(type)
                                        .addAllResources(resources.values())
                                        .build()));
        Instant now = clock.instant();
        blocking.execute(
                () -> {
                    String problem = file.write(new StateFile.Content(now, all));
                    loop.execute(() -> written(problem));
                });
    }

    private void written(String problem) {
        writing = false;
        if (problem.isEmpty()) {
            failures.set(0);
            return;
        }
        if (failures.value() == 0) {
            LOG.warn(
                    "AMB1232 state cache not written, going on without",
                    "path",
                    file.path().toString(),
                    "error",
                    problem);
        }
        failures.increment();
    }
}
