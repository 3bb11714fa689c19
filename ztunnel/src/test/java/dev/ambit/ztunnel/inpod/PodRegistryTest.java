package dev.ambit.ztunnel.inpod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.runtime.admin.Readiness;
import dev.ambit.runtime.linux.Netns;
import dev.ambit.runtime.metrics.MetricsRegistry;
import dev.ambit.runtime.net.EventLoops;
import dev.ambit.runtime.testing.TestLoops;
import dev.ambit.ztunnel.state.WorkloadInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PodRegistryTest {

    private final EventLoops loops = TestLoops.start();
    private final Readiness readiness = new Readiness();
    private final List<FakePod> started = new CopyOnWriteArrayList<>();
    private boolean failing;
    private final PodRegistry registry =
            new PodRegistry(
                    loops.control(),
                    this::start,
                    readiness.task("workload proxy manager"),
                    new PodMetrics(MetricsRegistry.of("ztunnel", "test")));

    private CompletableFuture<FakePod> start(String uid, WorkloadInfo info, Netns netns) {
        if (failing) {
            return CompletableFuture.failedFuture(new IllegalStateException("port 15001 is taken"));
        }
        // Stopping a pod without a list to write to throws.
        FakePod pod =
                uid.equals("broken") ? new FakePod(uid, netns, List.of()) : new FakePod(uid, netns);
        started.add(pod);
        return CompletableFuture.completedFuture(pod);
    }

    /** Records how it was stopped. */
    private record FakePod(String uid, Netns netns, List<Stop> stops) implements Pod {
        FakePod(String uid, Netns netns) {
            this(uid, netns, new ArrayList<>());
        }

        @Override
        public CompletableFuture<Void> stop(Stop how) {
            stops.add(how);
            netns.close();
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<List<OpenConnection>> connections() {
            return CompletableFuture.completedFuture(List.of());
        }
    }

    @AfterEach
    void stop() throws Exception {
        registry.drain().get(5, TimeUnit.SECONDS);
        loops.close();
    }

    private static ZdsMessage add(String uid) {
        return new ZdsMessage.Add(uid, new WorkloadInfo(uid, "ns", "sa"), Netns.self());
    }

    private String apply(ZdsMessage message) throws Exception {
        return registry.apply(message).get(5, TimeUnit.SECONDS);
    }

    private void connect() throws Exception {
        registry.connected().get(5, TimeUnit.SECONDS);
    }

    private List<String> uids() throws Exception {
        return registry.view().get(5, TimeUnit.SECONDS).stream()
                .map(PodRegistry.View::uid)
                .toList();
    }

    @Test
    void isReadyOnlyWhenTheAgentHasSentEverythingAndItRuns() throws Exception {
        assertThat(readiness.ready()).isFalse();
        connect();
        assertThat(apply(add("a"))).isEmpty();
        assertThat(readiness.ready()).isFalse();
        assertThat(apply(new ZdsMessage.SnapshotSent())).isEmpty();
        assertThat(readiness.ready()).isTrue();
        registry.disconnected().get(5, TimeUnit.SECONDS);
        assertThat(readiness.ready()).isFalse();
        assertThat(uids()).containsExactly("a");
    }

    @Test
    void tellsOfWorkThatCouldNotEvenBegin() throws Exception {
        connect();
        apply(new ZdsMessage.SnapshotSent());
        apply(add("broken"));
        assertThatThrownBy(() -> apply(new ZdsMessage.Delete("broken")))
                .hasCauseInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void stopsAtOnceWhatTheNewSnapshotDoesNotName() throws Exception {
        connect();
        apply(add("kept"));
        apply(add("added"));
        apply(add("gone"));
        apply(new ZdsMessage.SnapshotSent());
        connect();
        apply(new ZdsMessage.Keep("kept"));
        apply(add("added"));
        assertThat(uids()).containsExactlyInAnyOrder("kept", "added", "gone");
        apply(new ZdsMessage.SnapshotSent());
        assertThat(uids()).containsExactlyInAnyOrder("kept", "added");
        assertThat(started).hasSize(3);
        assertThat(started.get(2).stops()).containsExactly(Pod.Stop.IMMEDIATE);
    }

    @Test
    void leavesARunningPodAloneWhenItIsNamedAgain() throws Exception {
        connect();
        apply(add("a"));
        assertThat(apply(add("a"))).isEmpty();
        assertThat(started).hasSize(1);
        assertThat(started.getFirst().stops()).isEmpty();
    }

    @Test
    void tellsTheAgentWhyAPodDidNotStartAndIsNotReady() throws Exception {
        connect();
        failing = true;
        assertThat(apply(add("a"))).contains("port 15001 is taken");
        apply(new ZdsMessage.SnapshotSent());
        assertThat(readiness.ready()).isFalse();
        assertThat(registry.view().get(5, TimeUnit.SECONDS))
                .singleElement()
                .satisfies(v -> assertThat(v.up()).isFalse());
        failing = false;
        assertThat(apply(add("a"))).isEmpty();
        assertThat(readiness.ready()).isTrue();
    }

    @Test
    void forgetsAPendingPodThatIsDeleted() throws Exception {
        connect();
        failing = true;
        apply(add("a"));
        apply(new ZdsMessage.SnapshotSent());
        apply(new ZdsMessage.Delete("a"));
        assertThat(uids()).isEmpty();
        assertThat(readiness.ready()).isTrue();
    }

    @Test
    void deletesAtOnceAndLetsWhatRunsEnd() throws Exception {
        connect();
        apply(add("a"));
        apply(new ZdsMessage.SnapshotSent());
        apply(new ZdsMessage.Delete("a"));
        apply(new ZdsMessage.Delete("never heard of"));
        assertThat(uids()).isEmpty();
        assertThat(started.getFirst().stops()).containsExactly(Pod.Stop.TERMINATING);
    }

    @Test
    void refusesKeepAndASecondSnapshotAfterTheSnapshot() throws Exception {
        connect();
        apply(new ZdsMessage.SnapshotSent());
        assertThatThrownBy(() -> apply(new ZdsMessage.Keep("a")))
                .hasCauseInstanceOf(ZdsViolation.class);
        assertThatThrownBy(() -> apply(new ZdsMessage.SnapshotSent()))
                .hasCauseInstanceOf(ZdsViolation.class);
    }

    @Test
    void drainsGracefullyAndTakesNothingNew() throws Exception {
        connect();
        apply(add("a"));
        registry.drain().get(5, TimeUnit.SECONDS);
        assertThat(started.getFirst().stops()).containsExactly(Pod.Stop.GRACEFUL);
        assertThat(apply(add("b"))).isEqualTo("shutting down");
    }
}
