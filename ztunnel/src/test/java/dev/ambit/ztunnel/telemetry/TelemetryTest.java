package dev.ambit.ztunnel.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.workload.Locality;
import dev.ambit.api.workload.Workload;
import dev.ambit.api.workload.WorkloadType;
import dev.ambit.identity.SpiffeId;
import dev.ambit.runtime.metrics.MetricsRegistry;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class TelemetryTest {

    private static final Workload CURL = workload("curl", "z1");
    private static final Workload WEB = workload("web", "");
    private static final ServiceName SERVICE =
            new ServiceName("web.ns.svc.cluster.local", "web", "ns");

    private final MetricsRegistry registry = MetricsRegistry.of("ztunnel", "1.0");
    private final ConnectionMetrics metrics = new ConnectionMetrics(registry);

    private static Workload workload(String name, String zone) {
        return Workload.builder("c//Pod/ns/" + name, name + "-1", SpiffeId.of("td", "ns", name))
                .workloadName(name)
                .workloadType(WorkloadType.DEPLOYMENT)
                .canonicalName(name)
                .canonicalRevision("v1")
                .clusterId("Kubernetes")
                .locality(new Locality("", zone, ""))
                .build();
    }

    private static Peers outbound() {
        return new Peers(
                Reporter.SOURCE,
                CURL,
                new Peers.Claim(CURL.identity(), Baggage.NONE),
                WEB,
                SERVICE,
                true);
    }

    private ConnectionRecord open(Peers peers) {
        return ConnectionRecord.open(
                metrics,
                peers,
                new ConnectionRecord.Addressing(
                        new InetSocketAddress("10.0.0.1", 1000),
                        new InetSocketAddress("10.0.0.2", 15008),
                        new InetSocketAddress("10.0.0.2", 8080)),
                System.nanoTime());
    }

    private List<String> series(String name) {
        String text = new String(registry.scrape(null).body(), StandardCharsets.UTF_8);
        return text.lines().filter(line -> line.startsWith(name + "{")).toList();
    }

    @Test
    void logsTheKeyExchangeLast() {
        ConnectionRecord record = open(outbound());
        assertThat(AccessLog.lineOf(record, null)).doesNotContain("tls_group");
        record.securedBy("X25519MLKEM768");
        List<Object> line = AccessLog.lineOf(record, ConnectionFailure.DRAINED);
        assertThat(line.subList(line.size() - 4, line.size()))
                .containsExactly(
                        "error",
                        "connection closed due to connection drain",
                        "tls_group",
                        "X25519MLKEM768");
    }

    @Test
    void countsAConnectionUnderItsPeersAndItsEnd() {
        ConnectionRecord record = open(outbound());
        assertThat(series("istio_tcp_connections_closed_total")).isEmpty();
        record.received(10);
        record.sent(20);
        record.finish(null);
        record.finish(ConnectionFailure.DRAINED);

        assertThat(series("istio_tcp_connections_opened_total"))
                .singleElement()
                .asString()
                .endsWith(" 1.0");
        assertThat(series("istio_tcp_connections_closed_total"))
                .singleElement()
                .asString()
                .endsWith(" 1.0");
        assertThat(series("istio_tcp_connections_failed_total")).isEmpty();
        assertThat(series("istio_tcp_received_bytes_total"))
                .singleElement()
                .asString()
                .endsWith(" 10.0");
        assertThat(series("istio_tcp_sent_bytes_total"))
                .singleElement()
                .asString()
                .endsWith(" 20.0");
    }

    @Test
    void labelsBothEndsAsIstioDoes() {
        open(outbound());
        assertThat(series("istio_tcp_connections_opened_total"))
                .singleElement()
                .asString()
                .contains(
                        Stream.of(
                                        "reporter=\"source\"",
                                        "source_workload=\"curl\"",
                                        "source_canonical_service=\"curl\"",
                                        "source_canonical_revision=\"v1\"",
                                        "source_workload_namespace=\"ns\"",
                                        "source_principal=\"spiffe://td/ns/ns/sa/curl\"",
                                        "source_app=\"curl\"",
                                        "source_version=\"v1\"",
                                        "source_cluster=\"Kubernetes\"",
                                        "destination_service=\"web.ns.svc.cluster.local\"",
                                        "destination_service_namespace=\"ns\"",
                                        "destination_service_name=\"web\"",
                                        "destination_principal=\"spiffe://td/ns/ns/sa/web\"",
                                        "request_protocol=\"tcp\"",
                                        "response_flags=\"-\"",
                                        "connection_security_policy=\"mutual_tls\"",
                                        "source_region=\"unknown\"",
                                        "source_zone=\"z1\"",
                                        "destination_zone=\"unknown\"")
                                .toArray(String[]::new));
    }

    @Test
    void showsAFailureUnderItsFlag() {
        open(outbound()).finish(ConnectionFailure.httpStatus(401));
        assertThat(series("istio_tcp_connections_failed_total"))
                .singleElement()
                .asString()
                .contains("response_flags=\"CONNECT\"");
        assertThat(series("istio_tcp_connections_closed_total"))
                .singleElement()
                .asString()
                .contains("response_flags=\"CONNECT\"");
    }

    @Test
    void takesNoPrincipalFromAnythingButTheCertificate() {
        open(
                new Peers(
                        Reporter.DESTINATION,
                        CURL,
                        new Peers.Claim(null, Baggage.NONE),
                        WEB,
                        null,
                        false));
        assertThat(series("istio_tcp_connections_opened_total"))
                .singleElement()
                .asString()
                .contains("source_principal=\"unknown\"")
                .contains("connection_security_policy=\"unknown\"");
    }

    @Test
    void describesAnUnknownPeerByItsBaggage() {
        Baggage baggage =
                Baggage.parse(
                        "k8s.cluster.name=c2,k8s.namespace.name=far, k8s.deployment.name=shop,service.name=shop-svc,service.version=,cloud.region=r");
        Peers peers =
                new Peers(
                        Reporter.DESTINATION,
                        null,
                        new Peers.Claim(SpiffeId.of("td", "far", "shop"), baggage),
                        WEB,
                        null,
                        true);
        open(peers);
        assertThat(series("istio_tcp_connections_opened_total"))
                .singleElement()
                .asString()
                .contains("source_workload=\"shop\"")
                .contains("source_app=\"shop\"")
                .contains("source_canonical_service=\"shop-svc\"")
                .contains("source_version=\"unknown\"")
                .contains("source_cluster=\"c2\"")
                .contains("source_region=\"r\"");
    }

    @Test
    void writesBaggageInItsOrderAndLeavesOutWhatIsEmpty() {
        assertThat(Baggage.of(CURL))
                .isEqualTo(
                        "k8s.cluster.name=Kubernetes,k8s.namespace.name=ns,k8s.deployment.name=curl,service.name=curl,service.version=v1,cloud.availability_zone=z1");
        assertThat(Baggage.parse(Baggage.of(CURL)).workload()).isEqualTo("curl");
        assertThat(Baggage.parse("nonsense,=,a=")).isEqualTo(Baggage.NONE);
    }

    @Test
    void keepsTheCellsOfAPair() {
        assertThat(metrics.open(outbound())).isSameAs(metrics.open(outbound()));
        Workload again = CURL.toBuilder().build();
        assertThat(metrics.open(new Peers(Reporter.SOURCE, again, null, WEB, SERVICE, true)))
                .isNotSameAs(metrics.open(outbound()));
    }

    @Test
    void logsFieldsInUpstreamsOrder() {
        ConnectionRecord record = open(outbound());
        record.received(84);
        record.sent(358);
        assertThat(AccessLog.lineOf(record, null))
                .startsWith(
                        "src.addr",
                        new InetSocketAddress("10.0.0.1", 1000),
                        "src.workload",
                        "curl-1",
                        "src.namespace",
                        "ns",
                        "src.identity",
                        "spiffe://td/ns/ns/sa/curl",
                        "src.cluster",
                        "Kubernetes",
                        "dst.addr",
                        new InetSocketAddress("10.0.0.2", 15008),
                        "dst.hbone_addr",
                        new InetSocketAddress("10.0.0.2", 8080),
                        "dst.service",
                        "web.ns.svc.cluster.local",
                        "dst.workload",
                        "web-1",
                        "dst.namespace",
                        "ns",
                        "dst.identity",
                        "spiffe://td/ns/ns/sa/web",
                        "dst.cluster",
                        "Kubernetes",
                        "direction",
                        "outbound",
                        "bytes_sent",
                        84L,
                        "bytes_recv",
                        358L,
                        "duration");
    }

    @Test
    void logsBytesFromTheLocalWorkloadsSide() {
        ConnectionRecord record =
                open(
                        new Peers(
                                Reporter.DESTINATION,
                                CURL,
                                new Peers.Claim(null, Baggage.NONE),
                                WEB,
                                null,
                                false));
        record.received(84);
        record.sent(358);
        List<Object> line = AccessLog.lineOf(record, ConnectionFailure.POLICY_CHANGE);
        assertThat(line)
                .containsSubsequence("direction", "inbound", "bytes_sent", 358L, "bytes_recv", 84L);
        assertThat(line).endsWith("error", "connection closed due to policy change");
        assertThat(line).doesNotContain("src.identity", "dst.identity", "dst.service");
    }

    @Test
    void wordsErrorsAsUpstreamDoes() {
        assertThat(ConnectionFailure.httpStatus(401).text())
                .isEqualTo("http status: 401 Unauthorized");
        assertThat(ConnectionFailure.httpStatus(503).text())
                .isEqualTo("http status: 503 Service Unavailable");
        assertThat(ConnectionFailure.httpStatus(418).text()).isEqualTo("http status: 418");
        assertThat(
                        ConnectionFailure.connectFailed(
                                        new java.io.IOException(
                                                "io_uring connect(..) failed with error(-111): Connection refused: /10.0.0.1:1"))
                                .text())
                .isEqualTo("connection failed: Connection refused (os error 111)");
        assertThat(ConnectionFailure.tls("bad record").text())
                .isEqualTo("tls handshake error: bad record");
        assertThat(ConnectionFailure.tls("identity verification error: x").text())
                .isEqualTo("identity verification error: x");
        assertThat(ConnectionFailure.policyRejection("explicitly denied by: ns/p").text())
                .isEqualTo("connection closed due to policy rejection: explicitly denied by: ns/p");
    }

    @Test
    void printsAddressesBare() {
        assertThat(Addresses.text(new InetSocketAddress("10.0.0.1", 80))).isEqualTo("10.0.0.1:80");
        assertThat(Addresses.text(new InetSocketAddress("fd00::1", 80))).isEqualTo("[fd00::1]:80");
        assertThat(Addresses.text(InetSocketAddress.createUnresolved("a.b", 80)))
                .isEqualTo("a.b:80");
    }
}
