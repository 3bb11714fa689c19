package dev.ambit.ztunnel.inpod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.policy.Authorization;
import dev.ambit.api.policy.Clause;
import dev.ambit.api.policy.Match;
import dev.ambit.api.policy.Rule;
import dev.ambit.api.policy.StringMatcher;
import dev.ambit.hbone.ConnectRequest;
import dev.ambit.hbone.ErrorCode;
import dev.ambit.hbone.HboneCounters;
import dev.ambit.hbone.HboneSettings;
import dev.ambit.hbone.HboneStream;
import dev.ambit.hbone.client.HbonePool;
import dev.ambit.hbone.client.OpenCallback;
import dev.ambit.hbone.client.OpenFailure;
import dev.ambit.hbone.client.PoolKey;
import dev.ambit.identity.testing.FakeSigner;
import dev.ambit.identity.testing.TestCertificates;
import dev.ambit.identity.tls.TlsContexts;
import dev.ambit.ztunnel.inpod.LoopbackMesh.LoopbackPod;
import dev.ambit.ztunnel.socket.ProxyPorts;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** E04: what a peer says of itself in headers is nothing a policy listens to. */
final class ForgedHeadersTest {

    private static final Map<String, String> FORGED =
            Map.of(
                    "x-forwarded-for", "10.9.9.9",
                    "x-istio-source", "waypoint",
                    "x-istio-source-principal", "cluster.local/ns/ns/sa/admin");

    private final TestCertificates ca = new TestCertificates();
    private final LoopbackMesh mesh = new LoopbackMesh(FakeSigner.immediate(ca));

    @AfterEach
    void closeMesh() {
        mesh.close();
    }

    private static Authorization allow(Match match) {
        return new Authorization(
                "ns",
                "only",
                Authorization.Scope.NAMESPACE,
                Authorization.Action.ALLOW,
                List.of(new Rule(List.of(new Clause(List.of(match))))),
                false);
    }

    private static Match from(String account) {
        return Match.builder()
                .principals(new StringMatcher.Exact("cluster.local/ns/ns/sa/" + account))
                .build();
    }

    /** Asks for a tunnel with headers that lie; the status of the answer. */
    private int status(LoopbackPod server, int port, String account) throws Exception {
        TlsContexts tls =
                ca.contexts(dev.ambit.identity.SpiffeId.of("cluster.local", "ns", account));
        EventLoop loop = mesh.loops.nextData();
        HbonePool pool =
                new HbonePool(
                        loop,
                        HboneSettings.defaults(),
                        new HboneCounters(),
                        (key, on, handler) ->
                                new Bootstrap()
                                        .group(on)
                                        .channelFactory(mesh.loops.transport()::newSocket)
                                        .handler(handler)
                                        .connect(key.address()));
        ConnectRequest request =
                new ConnectRequest(
                        server.at(port).toString(),
                        "for=\"10.9.9.9:1\";host=admin.ns",
                        "k8s.cluster.name=x,k8s.namespace.name=kube-system,service.name=admin",
                        null,
                        FORGED);
        PoolKey key =
                new PoolKey(
                        tls.id(),
                        List.of(server.workload.identity()),
                        new InetSocketAddress(server.address, ProxyPorts.STANDARD.hbone()),
                        null,
                        "uid",
                        tls.serial());
        CompletableFuture<Integer> status = new CompletableFuture<>();
        loop.execute(
                () ->
                        pool.open(
                                key,
                                tls,
                                request,
                                new OpenCallback() {
                                    @Override
                                    public void opened(
                                            HboneStream stream, Map<String, String> headers) {
                                        stream.reset(ErrorCode.CANCEL);
                                        status.complete(200);
                                    }

                                    @Override
                                    public void failed(OpenFailure failure) {
                                        if (failure instanceof OpenFailure.Status(int code)) {
                                            status.complete(code);
                                        } else {
                                            status.completeExceptionally(
                                                    new AssertionError(failure.describe()));
                                        }
                                    }
                                }));
        try {
            return status.get(20, TimeUnit.SECONDS);
        } finally {
            loop.submit(pool::close).sync();
        }
    }

    @Test
    void e04OnlyTheCertificateAndTheSocketCountForPolicies() throws Exception {
        LoopbackPod server = mesh.pod("server");
        try (EchoApp app = new EchoApp(server.address)) {
            mesh.apply(allow(from("admin")));
            assertThat(status(server, app.port(), "guest")).isEqualTo(401);
            assertThat(status(server, app.port(), "admin")).isEqualTo(200);
        }
        // The log and the metrics tell the identity of the certificate.
        assertThat(
                        mesh.metric(
                                "istio_tcp_connections_closed_total",
                                "source_principal=\"spiffe://cluster.local/ns/ns/sa/guest\"",
                                "DENY"))
                .isEqualTo(1);
    }
}
