package dev.ambit.waypoint.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.workload.Workload;
import dev.ambit.identity.SpiffeId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class LoadBalancerTest {

    private final LoadBalancer balancer = new LoadBalancer(new SplittableRandom(9));

    private static Endpoint endpoint(String uid, int capacity) {
        return new Endpoint(
                Workload.builder(uid, uid, SpiffeId.of("td", "ns", "sa"))
                        .capacity(capacity)
                        .build(),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 80));
    }

    private Map<String, Integer> choose(List<Endpoint> from, Set<String> tried, int times) {
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < times; i++) {
            Endpoint chosen = Objects.requireNonNull(balancer.choose(from, tried));
            counts.merge(chosen.workload().uid(), 1, Integer::sum);
        }
        return counts;
    }

    @Test
    void choosesNobodyFromNobody() {
        assertThat(balancer.choose(List.of(), Set.of())).isNull();
    }

    @Test
    void spreadsEvenlyWhileNobodyIsBusy() {
        Map<String, Integer> counts =
                choose(List.of(endpoint("a", 1), endpoint("b", 1)), Set.of(), 10_000);
        assertThat(counts.get("a")).isBetween(4_700, 5_300);
    }

    @Test
    void followsCapacity() {
        Map<String, Integer> counts =
                choose(List.of(endpoint("a", 3), endpoint("b", 1)), Set.of(), 10_000);
        assertThat(counts.get("a")).isBetween(7_200, 7_800);
    }

    @Test
    void avoidsTheBusyAndTheTried() {
        Endpoint a = endpoint("a", 1);
        Endpoint b = endpoint("b", 1);
        balancer.load(a).begin();
        Map<String, Integer> counts = choose(List.of(a, b), Set.of(), 1_000);
        assertThat(counts.get("b")).isGreaterThan(650);
        assertThat(choose(List.of(a, b), Set.of("b"), 100)).containsOnlyKeys("a");
        assertThat(choose(List.of(a, b), Set.of("a", "b"), 100)).containsKeys("a", "b");
    }
}
