package dev.ambit.ztunnel.state;

import static dev.ambit.policy.testing.TestMesh.endpointOf;
import static dev.ambit.policy.testing.TestMesh.pod;
import static dev.ambit.policy.testing.TestMesh.service;
import static dev.ambit.policy.testing.TestMesh.waypoint;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.IpAddress;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.Workload;
import dev.ambit.policy.state.MeshState;
import dev.ambit.runtime.net.EventLoops;
import dev.ambit.runtime.testing.TestLoops;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class AddressDemandTest {

    private final List<String> said = Collections.synchronizedList(new ArrayList<>());
    private final EventLoops loops = TestLoops.start();
    private final EventLoop loop = loops.nextData();
    private final MeshState mesh = new MeshState("node1");

    @AfterEach
    void close() {
        loops.close();
    }

    private AddressDemand demand(Duration patience, int names) {
        return AddressDemand.by(
                new AddressDemand.Subscriber() {
                    @Override
                    public void subscribe(Collection<String> names) {
                        names.forEach(n -> said.add("+" + n));
                    }

                    @Override
                    public void unsubscribe(Collection<String> names) {
                        names.forEach(n -> said.add("-" + n));
                    }
                },
                new AddressDemand.Limits(patience, Duration.ofMinutes(10), names));
    }

    private CompletableFuture<Void> wait(AddressDemand demand, String... names) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(() -> demand.whenHeard(loop, List.of(names), () -> done.complete(null)));
        return done;
    }

    private void settle() throws Exception {
        loop.submit(() -> {}).get(10, TimeUnit.SECONDS);
    }

    @Test
    void everythingSubscribedNothingIsAsked() throws Exception {
        wait(AddressDemand.everything(), "/10.0.0.1").get(10, TimeUnit.SECONDS);
        assertThat(said).isEmpty();
    }

    @Test
    void aNameIsAskedForOnceAndWaitedFor() throws Exception {
        AddressDemand demand = demand(Duration.ofMinutes(1), 10);
        CompletableFuture<Void> first = wait(demand, "/10.0.0.1");
        CompletableFuture<Void> second = wait(demand, "/10.0.0.1", "/10.0.0.2");
        settle();
        assertThat(said).containsExactly("+/10.0.0.1", "+/10.0.0.2");

        demand.heard(List.of(pod("ns/a", "10.0.0.1").build()), List.of());
        first.get(10, TimeUnit.SECONDS);
        assertThat(second).isNotDone();
        demand.heard(List.of(), List.of("/10.0.0.2"));
        second.get(10, TimeUnit.SECONDS);
        wait(demand, "/10.0.0.2").get(10, TimeUnit.SECONDS);
        assertThat(said).hasSize(2);
    }

    @Test
    void aServiceIsHeardByEachOfItsNames() throws Exception {
        AddressDemand demand = demand(Duration.ofMinutes(1), 10);
        CompletableFuture<Void> all =
                wait(
                        demand,
                        "ns/web.ns.svc.cluster.local",
                        "*/web.ns.svc.cluster.local",
                        "/10.96.0.1");
        settle();
        demand.heard(List.of(service("ns/web", "10.96.0.1").build()), List.of());

        all.get(10, TimeUnit.SECONDS);
    }

    @Test
    void silenceIsWaitedForNoLongerThanSaid() throws Exception {
        wait(demand(Duration.ofMillis(50), 10), "/10.0.0.1").get(10, TimeUnit.SECONDS);
        assertThat(said).containsExactly("+/10.0.0.1");
    }

    @Test
    void beyondTheLimitOnlyWhatIsKnownIsUsed() throws Exception {
        AddressDemand demand = demand(Duration.ofMinutes(1), 1);
        wait(demand, "/10.0.0.1");
        wait(demand, "/10.0.0.2").get(10, TimeUnit.SECONDS);
        assertThat(said).containsExactly("+/10.0.0.1");
    }

    @Test
    void aNameNobodyUsedIsGivenUpAndItsRecordsForgotten() throws Exception {
        AddressDemand demand = demand(Duration.ofMillis(1), 10);
        Workload local =
                pod("ns/local", "10.0.0.1").node("node1").services(endpointOf("ns/web")).build();
        Workload endpoint = pod("ns/web-1", "10.0.0.2").services(endpointOf("ns/web")).build();
        Workload other = pod("ns/other", "10.0.0.3").build();
        MeshService web = service("ns/web", "10.96.0.1").build();
        mesh.applyAddresses(List.of(local, endpoint, other, web), List.of());
        wait(demand, "/10.96.0.1", "/10.0.0.3").get(10, TimeUnit.SECONDS);
        IdleAddresses idle = new IdleAddresses(demand, mesh, w -> w.node().equals("node1"));
        long later = System.nanoTime() + Duration.ofMinutes(11).toNanos();

        assertThat(idle.sweep(System.nanoTime())).isEmpty();
        assertThat(idle.sweep(later))
                .containsExactlyInAnyOrder(web.resourceName(), endpoint.uid(), other.uid());
        assertThat(mesh.workloads()).containsExactly(local);
        assertThat(said).contains("-/10.96.0.1", "-/10.0.0.3");
        assertThat(demand.size()).isZero();
    }

    @Test
    void aRouteAsksForItsDestinationThenForWhatThatNames() throws Exception {
        AddressDemand demand = demand(Duration.ofMinutes(1), 10);
        Workload source = pod("ns/client", "10.0.0.1").build();
        CompletableFuture<Void> ready = new CompletableFuture<>();
        RouteDemand route = new RouteDemand(demand, mesh);
        loop.execute(
                () ->
                        route.prepare(
                                loop,
                                source,
                                "",
                                IpAddress.parse("10.96.0.1"),
                                () -> ready.complete(null)));
        settle();
        MeshService web = service("ns/web", "10.96.0.1").waypoint(waypoint("ns/gate")).build();
        mesh.applyAddresses(List.of(web), List.of());
        demand.heard(List.of(web), List.of());
        settle();
        settle();
        assertThat(said)
                .containsExactlyInAnyOrder(
                        "+/10.96.0.1",
                        "+ns/web.ns.svc.cluster.local",
                        "+ns/gate.ns.svc.cluster.local");
        assertThat(ready).isNotDone();

        demand.heard(List.of(web, service("ns/gate", "10.96.0.2").build()), List.of());
        ready.get(10, TimeUnit.SECONDS);
    }
}
