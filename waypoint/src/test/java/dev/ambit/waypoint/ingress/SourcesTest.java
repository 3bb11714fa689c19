package dev.ambit.waypoint.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.workload.Workload;
import dev.ambit.hbone.ConnectRequest;
import dev.ambit.identity.SpiffeId;
import dev.ambit.waypoint.telemetry.Peer;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class SourcesTest {

    private static final SpiffeId CLIENT = SpiffeId.of("cluster.local", "shop", "client");

    private static Peer of(@Nullable Workload workload, @Nullable String baggage) {
        return Sources.of(
                workload, CLIENT, new ConnectRequest("a:1", null, baggage, null, Map.of()));
    }

    @Test
    void isTheWorkloadBehindTheAddressIfTheIdentityFits() {
        Workload workload =
                Workload.builder("uid", "client-1", CLIENT)
                        .workloadName("client")
                        .canonicalName("shopper")
                        .canonicalRevision("v2")
                        .build();
        assertThat(of(workload, "k8s.deployment.name=lie"))
                .isEqualTo(new Peer("client", "shop", CLIENT.uri(), "shopper", "v2", "Kubernetes"));
    }

    @Test
    void isWhatTheNodeProxySaysWhenTheAddressIsAnothers() {
        Workload other =
                Workload.builder("uid", "x", SpiffeId.of("cluster.local", "bank", "x")).build();
        String baggage =
                "k8s.cluster.name=c2,k8s.namespace.name=bank,k8s.deployment.name=client,"
                        .concat("service.name=shopper, service.version=v2");
        Peer expected = new Peer("client", "shop", CLIENT.uri(), "shopper", "v2", "c2");
        assertThat(of(other, baggage)).isEqualTo(expected);
        assertThat(of(null, baggage)).isEqualTo(expected);
    }

    @Test
    void isTheProvenIdentityIfNothingElseIsKnown() {
        assertThat(of(null, null)).isEqualTo(Peer.of(CLIENT));
        assertThat(of(null, "=,,k8s.pod.name=,x")).isEqualTo(Peer.of(CLIENT));
    }
}
