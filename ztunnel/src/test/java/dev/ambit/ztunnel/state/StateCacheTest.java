package dev.ambit.ztunnel.state;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.ambit.api.TypeUrls;
import dev.ambit.api.proto.workload.Address;
import dev.ambit.api.proto.workload.Workload;
import dev.ambit.client.ads.DeltaSubscription;
import dev.ambit.client.ads.NodeInfo;
import dev.ambit.client.ads.SyncState;
import dev.ambit.client.channel.IstiodChannel;
import dev.ambit.client.testing.FakeControlPlane;
import dev.ambit.policy.state.MeshState;
import dev.ambit.runtime.metrics.MetricsRegistry;
import dev.ambit.runtime.net.EventLoops;
import dev.ambit.runtime.testing.TestLoops;
import dev.ambit.ztunnel.telemetry.XdsMetrics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** M01, M03, M45: the last good state on disk. */
final class StateCacheTest {

    private static final Duration MAX_AGE = Duration.ofHours(1);

    private final EventLoops loops = TestLoops.start();

    @AfterEach
    void close() {
        loops.close();
    }

    @Test
    void aRestartWithoutControlPlaneKnowsTheMesh(@TempDir Path dir) throws Exception {
        rememberTwo(dir);

        MeshState state = new MeshState("n1");
        MetricsRegistry metrics = MetricsRegistry.of("ztunnel", "test");
        StateCache cache = cache(dir, Clock.systemUTC(), metrics);
        assertThat(cache.load(new StateUpdater(state).handlers())).isTrue();

        assertThat(state.workloads()).extracting(w -> w.name()).containsExactlyInAnyOrder("a", "b");
        assertThat(cache.staleSince()).isNotNull();
        cache.synced();
        assertThat(cache.staleSince()).isNull();
    }

    @Test
    void aControlPlaneThatComesBackTakesAwayWhatIsGone(@TempDir Path dir) throws Exception {
        rememberTwo(dir);

        MeshState state = new MeshState("n1");
        MetricsRegistry metrics = MetricsRegistry.of("ztunnel", "test");
        StateCache cache = cache(dir, Clock.systemUTC(), metrics);
        assertThat(cache.load(new StateUpdater(state).handlers())).isTrue();
        try (FakeControlPlane istiod = FakeControlPlane.start()) {
            istiod.put(TypeUrls.ADDRESS, "uid-a", workload("a", 1));
            subscribed(istiod, cache, state, metrics, () -> state.workloads().size() == 1);
            assertThat(state.workloads()).extracting(w -> w.name()).containsExactly("a");
        }
    }

    @Test
    void anOldStateCountsAsNone(@TempDir Path dir) throws Exception {
        rememberTwo(dir);
        Clock later = Clock.fixed(Instant.now().plus(MAX_AGE).plusSeconds(1), ZoneOffset.UTC);
        MeshState state = new MeshState("n1");
        StateCache cache = cache(dir, later, MetricsRegistry.of("ztunnel", "test"));
        assertThat(cache.load(new StateUpdater(state).handlers())).isFalse();
        assertThat(state.workloads()).isEmpty();
    }

    @Test
    void aDamagedFileCountsAsNone(@TempDir Path dir) throws Exception {
        rememberTwo(dir);
        Path file = dir.resolve("state.bin");
        byte[] good = Files.readAllBytes(file);
        for (int at = 0; at < good.length; at++) {
            byte[] bad = good.clone();
            bad[at] ^= 1;
            Files.write(file, bad);
            MeshState state = new MeshState("n1");
            StateCache cache = cache(dir, Clock.systemUTC(), MetricsRegistry.of("ztunnel", "t"));
            assertThat(cache.load(new StateUpdater(state).handlers())).as("byte " + at).isFalse();
            assertThat(state.workloads()).isEmpty();
        }
        Files.write(file, java.util.Arrays.copyOf(good, good.length / 2));
        assertThat(
                        cache(dir, Clock.systemUTC(), MetricsRegistry.of("ztunnel", "t"))
                                .load(new StateUpdater(new MeshState("n1")).handlers()))
                .isFalse();
    }

    @Test
    void aDirectoryThatCannotBeWrittenCostsAWarning(@TempDir Path dir) throws Exception {
        Path notADirectory = Files.writeString(dir.resolve("file"), "x");
        MeshState state = new MeshState("n1");
        MetricsRegistry metrics = MetricsRegistry.of("ztunnel", "test");
        StateCache cache = cache(notADirectory, Clock.systemUTC(), metrics);
        try (FakeControlPlane istiod = FakeControlPlane.start()) {
            istiod.put(TypeUrls.ADDRESS, "uid-a", workload("a", 1));
            subscribed(
                    istiod,
                    cache,
                    state,
                    metrics,
                    () -> text(metrics).contains("ambit_state_cache_failing 1"));
            assertThat(state.workloads()).hasSize(1);
        }
    }

    /** A life of a proxy that hears of two workloads and writes them down. */
    private void rememberTwo(Path dir) throws Exception {
        MeshState state = new MeshState("n1");
        MetricsRegistry metrics = MetricsRegistry.of("ztunnel", "test");
        StateCache cache = cache(dir, Clock.systemUTC(), metrics);
        try (FakeControlPlane istiod = FakeControlPlane.start()) {
            istiod.put(TypeUrls.ADDRESS, "uid-a", workload("a", 1));
            istiod.put(TypeUrls.ADDRESS, "uid-b", workload("b", 2));
            subscribed(istiod, cache, state, metrics, () -> Files.exists(dir.resolve("state.bin")));
        }
    }

    private void subscribed(
            FakeControlPlane istiod,
            StateCache cache,
            MeshState state,
            MetricsRegistry metrics,
            BooleanSupplier until)
            throws Exception {
        try (IstiodChannel channel = IstiodChannel.open(istiod.config(), loops);
                DeltaSubscription subscription =
                        DeltaSubscription.start(
                                channel,
                                new NodeInfo("ztunnel~10.0.0.1~z.ns~ns.svc", java.util.Map.of()),
                                cache.recording(new StateUpdater(state).handlers()),
                                new XdsMetrics(MetricsRegistry.of("ztunnel", "x")))) {
            CountDownLatch synced = new CountDownLatch(1);
            subscription
                    .state()
                    .onChange(
                            s -> {
                                if (s instanceof SyncState.Synced) {
                                    synced.countDown();
                                }
                            });
            assertThat(synced.await(20, TimeUnit.SECONDS)).as("synced").isTrue();
            await(until);
        }
    }

    private static String text(MetricsRegistry metrics) {
        return new String(metrics.scrape(null).body(), StandardCharsets.UTF_8);
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
        }
    }

    private StateCache cache(Path dir, Clock clock, MetricsRegistry metrics) {
        return new StateCache(
                dir,
                MAX_AGE,
                clock,
                new StateCache.Threads(loops.control(), loops.blocking()),
                metrics);
    }

    private static ByteString workload(String name, int host) {
        return Address.newBuilder()
                .setWorkload(
                        Workload.newBuilder()
                                .setUid("uid-" + name)
                                .setName(name)
                                .setNamespace("default")
                                .addAddresses(
                                        ByteString.copyFrom(new byte[] {10, 9, 0, (byte) host})))
                .build()
                .toByteString();
    }
}
