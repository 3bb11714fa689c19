package dev.ambit.ztunnel;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.ambit.api.TypeUrls;
import dev.ambit.api.workload.MeshAddress;
import dev.ambit.client.ads.DeltaSubscription;
import dev.ambit.client.ads.Interest;
import dev.ambit.client.ads.NodeInfo;
import dev.ambit.client.ads.ResourceHandler;
import dev.ambit.client.ads.SyncState;
import dev.ambit.client.channel.ChannelConfig;
import dev.ambit.client.channel.IstiodChannel;
import dev.ambit.client.channel.RootSource;
import dev.ambit.client.channel.TokenSource;
import dev.ambit.client.signing.GrpcCertificateSigner;
import dev.ambit.identity.TrustDomain;
import dev.ambit.identity.rotation.CertificateSigner;
import dev.ambit.policy.state.MeshState;
import dev.ambit.runtime.log.Log;
import dev.ambit.runtime.metrics.MetricsRegistry;
import dev.ambit.runtime.net.EventLoops;
import dev.ambit.ztunnel.state.AddressDemand;
import dev.ambit.ztunnel.state.IdleAddresses;
import dev.ambit.ztunnel.state.JsonText;
import dev.ambit.ztunnel.state.LocalStateFile;
import dev.ambit.ztunnel.state.StateCache;
import dev.ambit.ztunnel.state.StateUpdater;
import dev.ambit.ztunnel.state.TelemetryUpdater;
import dev.ambit.ztunnel.telemetry.Reports;
import dev.ambit.ztunnel.telemetry.XdsMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Where state and certificates come from: istiod, or a file and a CA of our own for tests. */
final class ControlPlane implements AutoCloseable {

    private static final Log LOG = Log.get("state");
    private static final long SWEEP_SECONDS = 30;

    /** Workloads. */
    private static final int LARGE_MESH = 5_000;

    private final ZtunnelConfig config;
    private final EventLoops loops;
    private final XdsMetrics metrics;
    private final @Nullable StateCache cache;
    private final OnDemandSubscriber subscriber = new OnDemandSubscriber();
    private final AddressDemand demand;
    private final List<Runnable> open = new ArrayList<>();

    ControlPlane(ZtunnelConfig config, EventLoops loops, MetricsRegistry registry) {
        this.config = config;
        this.loops = loops;
        this.metrics = new XdsMetrics(registry);
        boolean byName = config.names().onDemand() && config.control().xds() != null;
        this.demand =
                byName
                        ? AddressDemand.by(subscriber, config.names().demandLimits())
                        : AddressDemand.everything();
        ZtunnelConfig.CacheOptions options = config.control().stateCache();
        this.cache =
                options == null || byName
                        ? null
                        : new StateCache(
                                options.directory(),
                                options.maxAge(),
                                Clock.systemUTC(),
                                new StateCache.Threads(loops.control(), loops.blocking()),
                                registry);
    }

    /** Who signs the certificates of this node's workloads. */
    CertificateSigner signer() {
        ZtunnelConfig.Server ca = config.control().ca();
        if (ca == null) {
            TrustDomain domain = new TrustDomain(config.control().pod().trustDomain());
            return new FakeCa(domain, loops.blocking());
        }
        GrpcCertificateSigner.Mode mode =
                switch (config.mode()) {
                    case ZtunnelConfig.Mode.Shared shared -> GrpcCertificateSigner.Mode.SHARED;
                    case ZtunnelConfig.Mode.Dedicated own -> GrpcCertificateSigner.Mode.DEDICATED;
                };
        return new GrpcCertificateSigner(channel(ca), mode);
    }

    /** The state from a file, if there is one. */
    @Nullable LocalStateFile localState() {
        ZtunnelConfig.LocalState local = config.control().localState();
        if (local == null) {
            return null;
        }
        Path file = local.file();
        String what = file == null ? "LOCAL_XDS" : file.toString();
        try {
            String text = file == null ? String.valueOf(local.text()) : Files.readString(file);
            return LocalStateFile.parse(text);
        } catch (IOException | IllegalArgumentException wrong) {
            throw new IllegalArgumentException(
                    "AMB1201 local state not usable / "
                            + what
                            + " / "
                            + wrong.getMessage()
                            + " / correct the file, its form is that of /config_dump",
                    wrong);
        }
    }

    /** What is asked for by name: nothing, where everything is subscribed. */
    AddressDemand demand() {
        return demand;
    }

    private void sweep(MeshState mesh) {
        String node = config.node().localNode();
        IdleAddresses idle =
                new IdleAddresses(
                        demand, mesh, w -> node == null || node.isEmpty() || w.node().equals(node));
        ScheduledFuture<?> sweeping =
                loops.control()
                        .scheduleWithFixedDelay(
                                () -> idle.sweep(System.nanoTime()),
                                SWEEP_SECONDS,
                                SWEEP_SECONDS,
                                TimeUnit.SECONDS);
        open.add(() -> sweeping.cancel(false));
    }

    /** Fills the state and keeps it filled; tells once when everything has been heard. */
    void feed(MeshState mesh, Reports reports, @Nullable LocalStateFile local, Runnable complete) {
        if (local != null) {
            List<MeshAddress> addresses = new ArrayList<>(local.workloads());
            addresses.addAll(local.services());
            mesh.applyAddresses(addresses, List.of());
            mesh.applyAuthorizations(local.policies(), List.of());
            giveBack(mesh);
            LOG.info(
                    "local config initialized",
                    "num_workloads",
                    local.workloads().size(),
                    "num_policies",
                    local.policies().size());
        }
        ZtunnelConfig.Server xds = config.control().xds();
        if (xds == null) {
            complete.run();
            return;
        }
        List<ResourceHandler<?>> state = updater(mesh).handlers();
        AtomicBoolean told = new AtomicBoolean();
        if (cache != null) {
            loops.control()
                    .submit(() -> fromCache(cache, state, told, complete))
                    .syncUninterruptibly();
        }
        Map<ResourceHandler<?>, Interest> handlers =
                interests(cache == null ? state : cache.recording(state));
        handlers.put(
                new TelemetryUpdater(config.telemetry().rule(), reports::follow), Interest.OFFERED);
        DeltaSubscription subscription =
                DeltaSubscription.start(channel(xds), node(), handlers, metrics);
        open.add(subscription::close);
        subscriber.set(subscription);
        if (!demand.isEverything()) {
            sweep(mesh);
        }
        subscription
                .state()
                .onChange(
                        now -> {
                            if (now instanceof SyncState.Synced) {
                                if (cache != null) {
                                    cache.synced();
                                }
                                if (told.compareAndSet(false, true)) {
                                    giveBack(mesh);
                                    complete.run();
                                }
                            }
                        });
    }

    /**
     * Decoding a large mesh leaves more garbage than state; without this the heap stays as large as
     * it had to be once. No connection is carried yet that could wait for it.
     */
    private static void giveBack(MeshState mesh) {
        if (mesh.workloads().size() > LARGE_MESH) {
            System.gc();
        }
    }

    /** From when the state is, if it is the cached one; null if it is the control plane's. */
    @Nullable Instant staleSince() {
        return cache == null ? null : cache.staleSince();
    }

    /** The state of a life before this one, in use at once; ready if nobody says more in time. */
    private void fromCache(
            StateCache from,
            List<ResourceHandler<?>> handlers,
            AtomicBoolean told,
            Runnable complete) {
        ZtunnelConfig.CacheOptions options = config.control().stateCache();
        if (options == null || !from.load(handlers)) {
            return;
        }
        loops.control()
                .schedule(
                        () -> {
                            if (told.compareAndSet(false, true)) {
                                LOG.warn(
                                        "serving from the state cache",
                                        "stale_since",
                                        String.valueOf(from.staleSince()));
                                complete.run();
                            }
                        },
                        options.patience().toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    /** Policies are always wanted whole: a missing one would let in what it denies. */
    private Map<ResourceHandler<?>, Interest> interests(List<ResourceHandler<?>> wanted) {
        Map<ResourceHandler<?>, Interest> interests = new LinkedHashMap<>();
        for (ResourceHandler<?> handler : wanted) {
            boolean byName = !demand.isEverything() && handler.typeUrl().equals(TypeUrls.ADDRESS);
            interests.put(handler, byName ? Interest.ON_DEMAND : Interest.WILDCARD);
        }
        return interests;
    }

    private StateUpdater updater(MeshState mesh) {
        return new StateUpdater(mesh, demand, config.proxy().access().unknownPolicy());
    }

    private IstiodChannel channel(ZtunnelConfig.Server server) {
        IstiodChannel channel =
                IstiodChannel.open(
                        ChannelConfig.to(
                                server.address(),
                                RootSource.parse(server.rootCert()),
                                Optional.ofNullable(server.altHostname()),
                                new ChannelConfig.Identification(
                                        token(config.control().token()),
                                        config.node().clusterId(),
                                        server.headers())),
                        loops);
        open.add(channel::close);
        return channel;
    }

    private static TokenSource token(@Nullable String token) {
        if (token == null) {
            return new TokenSource.None();
        }
        return Files.exists(Path.of(token))
                ? new TokenSource.File(Path.of(token))
                : new TokenSource.Literal(token);
    }

    private NodeInfo node() {
        ZtunnelConfig.Pod pod = config.control().pod();
        Map<String, Object> metadata = new LinkedHashMap<>(config.process().metadata());
        metadata.put("NAME", pod.name());
        metadata.put("NAMESPACE", pod.namespace());
        metadata.put("INSTANCE_IPS", pod.ip());
        String node = config.node().localNode();
        metadata.put("NODE_NAME", node == null ? "" : node);
        config.process()
                .jsonMetadata()
                .forEach((key, json) -> metadata.put(key, parsed(key, json)));
        String id =
                "ztunnel~"
                        + pod.ip()
                        + "~"
                        + pod.name()
                        + "."
                        + pod.namespace()
                        + "~"
                        + pod.namespace()
                        + ".svc.cluster.local";
        return new NodeInfo(id, metadata);
    }

    private static @Nullable Object parsed(String key, String json) {
        try {
            return JsonText.parse(json);
        } catch (JsonProcessingException broken) {
            throw new IllegalArgumentException(
                    "ISTIO_METAJSON_"
                            + key
                            + ": "
                            + broken.getOriginalMessage()
                            + " (expected: JSON)",
                    broken);
        }
    }

    @Override
    public void close() {
        open.reversed().forEach(Runnable::run);
    }
}
