package dev.ambit.ztunnel.dns;

import static dev.ambit.policy.testing.TestMesh.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.IpAddress;
import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.workload.MeshService;
import dev.ambit.ztunnel.state.AddressDemand;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Lookups where the mesh is told of only by name. */
final class DnsOnDemandTest implements AddressDemand.Subscriber {

    private static final MeshService API =
            MeshService.builder(new NamespacedHostname("elsewhere", "api.example.com"))
                    .vips(List.of(new NetworkAddress("", IpAddress.parse("240.240.0.1"))))
                    .build();
    private static final MeshService WEB = service("ns2/web", "10.96.0.2").build();

    private final Set<String> asked = new ConcurrentSkipListSet<>();
    private final FakeNameServer server =
            new FakeNameServer(q -> Wire.answer(q, 0x8180, 300, "192.0.2.7"));
    private final AddressDemand demand =
            AddressDemand.by(
                    this,
                    new AddressDemand.Limits(Duration.ofMillis(500), Duration.ofMinutes(1), 100));
    private final DnsLab lab = new DnsLab(demand, server);
    private volatile boolean silent;

    DnsOnDemandTest() throws IOException {}

    @AfterEach
    void close() {
        lab.close();
        server.close();
    }

    /** As istiod: tells what it has of a name, or that it has nothing. */
    @Override
    public void subscribe(Collection<String> names) {
        asked.addAll(names);
        if (silent) {
            return;
        }
        for (String name : names) {
            MeshService found =
                    name.equals("*/api.example.com")
                            ? API
                            : name.equals(WEB.resourceName()) ? WEB : null;
            if (found == null) {
                demand.heard(List.of(), List.of(name));
            } else {
                lab.apply(found);
                demand.heard(List.of(found), List.of());
            }
        }
    }

    @Override
    public void unsubscribe(Collection<String> names) {
        asked.removeAll(names);
    }

    @Test
    void aNameOfTheClusterIsAskedForInItsNamespace() throws Exception {
        assertThat(Wire.records(lab.udp(Wire.query(1, "web.ns2", 1))))
                .containsExactly("web.ns2 30 10.96.0.2");
        assertThat(asked).contains("ns2/web.ns2.svc.cluster.local");
        assertThat(lab.metric("istio_on_demand_dns_total", "hostname=\"web.ns2\"")).isEqualTo(1);

        int before = asked.size();
        lab.udp(Wire.query(1, "web.ns2", 1));
        assertThat(asked).hasSize(before);
        assertThat(lab.metric("istio_on_demand_dns_total")).isEqualTo(1);
    }

    @Test
    void aNameOutsideIsAskedForInAnyNamespaceAndItsWildcardsToo() throws Exception {
        assertThat(Wire.records(lab.udp(Wire.query(1, "api.example.com", 1))))
                .containsExactly("api.example.com 30 240.240.0.1");
        assertThat(asked)
                .contains("ns/api.example.com", "*/api.example.com", "*/*.example.com", "*/*.com");
    }

    @Test
    void whatTheControlPlaneDoesNotKnowIsForwarded() throws Exception {
        assertThat(Wire.records(lab.udp(Wire.query(1, "www.example.net", 1))))
                .containsExactly("www.example.net 300 192.0.2.7");
    }

    @Test
    void aSilentControlPlaneHoldsALookupNoLongerThanSaid() throws Exception {
        silent = true;

        assertThat(Wire.answers(lab.udp(Wire.query(1, "www.example.net", 1)))).isEqualTo(1);
    }
}
