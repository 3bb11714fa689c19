package dev.ambit.ztunnel.dns;

import static dev.ambit.policy.testing.TestMesh.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.IpAddress;
import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.workload.MeshService;
import dev.ambit.policy.testing.TestMesh;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The proxy as an application and as name servers see it, through real sockets. */
final class DnsProxyTest {

    private static final String OUTSIDE = "www.example.com";

    private final FakeNameServer server =
            new FakeNameServer(q -> Wire.answer(q, 0x8180, 300, "192.0.2.7"));
    private final FakeNameServer second =
            new FakeNameServer(q -> Wire.answer(q, 0x8180, 300, "192.0.2.8"));
    private final DnsLab lab = new DnsLab(server, second);

    DnsProxyTest() throws IOException {
        lab.apply(service("ns/web", "10.96.0.1").build());
    }

    @AfterEach
    void close() {
        lab.close();
        server.close();
        second.close();
    }

    private static void silent(FakeNameServer server) {
        server.byUdp = q -> List.of();
    }

    @Test
    void namesOfTheMeshAreAnsweredByUdpAndTcp() throws Exception {
        byte[] question = Wire.query(0x4242, "web", 1);

        assertThat(Wire.records(lab.udp(question))).containsExactly("web 30 10.96.0.1");
        assertThat(Wire.records(lab.tcp(question))).containsExactly("web 30 10.96.0.1");
        assertThat(server.udpQuestions).hasValue(0);
        for (String protocol : List.of("udp", "tcp")) {
            assertThat(
                            lab.metric(
                                    "istio_dns_requests_total",
                                    "request_query_type=\"a\"",
                                    "request_protocol=\"" + protocol + "\"",
                                    "source_canonical_service=\"app\"",
                                    "source_canonical_revision=\"unknown\""))
                    .isEqualTo(1);
        }
        assertThat(lab.metric("istio_dns_upstream_requests_total")).isZero();
    }

    @Test
    void everythingElseIsForwardedAsItIs() throws Exception {
        byte[] answer = lab.udp(Wire.query(0x4242, "WWW.example.COM", 1));

        assertThat(Wire.get(answer, 0)).isEqualTo(0x4242);
        assertThat(Wire.get(answer, 2)).isEqualTo(0x8180);
        assertThat(Wire.records(answer)).containsExactly("www.example.com 300 192.0.2.7");
        lab.udp(Wire.query(1, "web", 16));
        assertThat(server.udpQuestions).as("other types of known names too").hasValue(2);
        assertThat(lab.metric("istio_dns_upstream_requests_total", "\"txt\"")).isEqualTo(1);
        assertThat(lab.metric("istio_dns_upstream_request_duration_seconds_count")).isEqualTo(2);
        assertThat(lab.metric("istio_dns_upstream_failures_total")).isZero();
        assertThat(lab.metric("ambit_dns_in_flight")).isZero();
    }

    @Test
    void noSuchNameIsAnAnswerToo() throws Exception {
        server.byUdp = q -> List.of(Wire.answer(q, 0x8183, 0));

        assertThat(Wire.code(lab.udp(Wire.query(1, OUTSIDE, 1)))).isEqualTo(3);
        assertThat(second.udpQuestions).hasValue(0);
    }

    @Test
    @DisplayName("M41: a silent, refusing or failing server is followed by the next")
    void theNextServerIsAsked() throws Exception {
        silent(server);
        assertThat(Wire.records(lab.udp(Wire.query(1, "a.example.com", 1))))
                .containsExactly("a.example.com 300 192.0.2.8");
        assertThat(Wire.records(lab.udp(Wire.query(1, "b.example.com", 1)))).hasSize(1);
        assertThat(server.udpQuestions).as("the one that answers is asked first").hasValue(1);

        second.byUdp = q -> List.of(Wire.answer(q, 0x8182, 0));
        server.byUdp = q -> List.of(Wire.answer(q, 0x8180, 300, "192.0.2.7"));
        assertThat(Wire.records(lab.udp(Wire.query(1, "c.example.com", 1))))
                .containsExactly("c.example.com 300 192.0.2.7");

        server.close();
        second.byUdp = q -> List.of(Wire.answer(q, 0x8180, 300, "192.0.2.8"));
        assertThat(Wire.records(lab.udp(Wire.query(1, "d.example.com", 1))))
                .containsExactly("d.example.com 300 192.0.2.8");
    }

    @Test
    @DisplayName("M41: upstream dead, the mesh's own names are answered all the same")
    void namesOfTheMeshNeedNoServer() throws Exception {
        silent(server);
        silent(second);
        try (DatagramSocket client = lab.client()) {
            byte[] outside = Wire.query(9, OUTSIDE, 1);
            client.send(new DatagramPacket(outside, outside.length));
            for (int i = 0; i < 1000; i++) {
                assertThat(Wire.answers(lab.udp(Wire.query(i, "web.ns", 1)))).isEqualTo(1);
            }
            DatagramPacket last = new DatagramPacket(new byte[512], 512);
            client.receive(last);
            assertThat(Wire.code(last.getData())).isEqualTo(2);
        }
        assertThat(lab.metric("istio_dns_upstream_failures_total")).isEqualTo(1);
    }

    @Test
    @DisplayName("M41: a server's last answer is given again while none answers")
    void theLastAnswerIsGivenWhileNobodyAnswers() throws Exception {
        lab.udp(Wire.query(1, OUTSIDE, 1));
        silent(server);
        second.byUdp = q -> List.of(Wire.answer(q, 0x8182, 0));

        byte[] answer = lab.udp(Wire.query(0x77, "wwW.example.com", 1));

        assertThat(Wire.get(answer, 0)).isEqualTo(0x77);
        assertThat(Wire.records(answer)).containsExactly("www.example.com 10 192.0.2.7");
        assertThat(lab.metric("ambit_dns_stale_answers_total")).isEqualTo(1);
        assertThat(Wire.code(lab.udp(Wire.query(1, "never.example.com", 1))))
                .as("all refuse: the refusal")
                .isEqualTo(2);
    }

    @Test
    @DisplayName("M41: a truncated answer is asked for again by TCP")
    void truncatedAnswersAreFetchedByTcp() throws Exception {
        String[] many = new String[60];
        java.util.Arrays.setAll(many, i -> "192.0.2." + i);
        server.byUdp = q -> List.of(Wire.answer(q, 0x8380, 0));
        server.byTcp = q -> Wire.answer(q, 0x8180, 300, many);

        byte[] byUdp = lab.udp(Wire.query(1, OUTSIDE, 1));
        byte[] byTcp = lab.tcp(Wire.query(1, OUTSIDE, 1));

        assertThat(byUdp.length).isLessThanOrEqualTo(512);
        assertThat(Wire.get(byUdp, 2) & DnsTypes.FLAG_TRUNCATED).isNotZero();
        assertThat(Wire.records(byTcp)).hasSize(60);
        assertThat(server.tcpQuestions).hasValue(2);
    }

    @Test
    @DisplayName("F33: answers that are not to the question change nothing; memory comes back")
    void straysAreIgnored() throws Exception {
        lab.udp(Wire.query(1, "warm.example.com", 1));
        long before = PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
        server.byUdp =
                q -> {
                    byte[] right = Wire.answer(q, 0x8180, 300, "192.0.2.7");
                    byte[] otherId = right.clone();
                    otherId[0]++;
                    byte[] poison =
                            Wire.answerTo(q, 0x8180, 1)
                                    .name("bank.example")
                                    .u16(1)
                                    .u16(1)
                                    .u32(60)
                                    .u16(4)
                                    .u32(1)
                                    .bytes();
                    return List.of(new byte[0], new byte[] {1, 2, 3}, otherId, poison, right);
                };
        for (int i = 0; i < 50; i++) {
            byte[] answer = lab.udp(Wire.query(i, OUTSIDE, 1));
            assertThat(Wire.records(answer)).containsExactly("www.example.com 300 192.0.2.7");
        }
        assertThat(lab.metric("ambit_dns_refused_total", "bad_upstream_answer"))
                .isGreaterThanOrEqualTo(150);
        assertThat(PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory())
                .isLessThanOrEqualTo(before + (1 << 22));
    }

    @Test
    @DisplayName("F33: messages that are none are refused or ignored, the next is answered")
    void badQuestionsHurtNobody() throws Exception {
        assertThat(Wire.code(lab.udp(Wire.header(5, 0x2800, 1, 0, 0, 0).bytes())))
                .as("update")
                .isEqualTo(4);
        assertThat(Wire.code(lab.udp(Wire.header(5, 0, 3, 0, 0, 0).bytes()))).isEqualTo(1);
        try (DatagramSocket client = lab.client()) {
            for (byte[] ignored :
                    List.of(new byte[] {1}, Wire.answer(Wire.query(1, "web", 1), 0x8180, 1))) {
                client.send(new DatagramPacket(ignored, ignored.length));
            }
        }
        assertThat(Wire.answers(lab.udp(Wire.query(1, "web", 1)))).isEqualTo(1);
        assertThat(lab.metric("ambit_dns_refused_total", "unsupported")).isEqualTo(1);
        assertThat(lab.metric("ambit_dns_refused_total", "malformed")).isEqualTo(3);
    }

    @Test
    void aPodTheMeshDoesNotKnowGetsAFailure() throws Exception {
        lab.mesh.applyAddresses(List.of(), List.of(DnsLab.CLIENT.uid()));

        assertThat(Wire.code(lab.udp(Wire.query(1, "web", 1)))).isEqualTo(2);
        assertThat(lab.metric("istio_dns_requests_total", "source_canonical_service=\"unknown\""))
                .isEqualTo(1);
        assertThat(lab.metric("ambit_dns_refused_total", "unknown_source")).isEqualTo(1);
    }

    @Test
    void aPodThatComesALittleLaterIsWaitedFor() throws Exception {
        lab.mesh.applyAddresses(List.of(), List.of(DnsLab.CLIENT.uid()));
        CompletableFuture<byte[]> answer =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return lab.udp(Wire.query(1, "web", 1));
                            } catch (IOException e) {
                                throw new java.io.UncheckedIOException(e);
                            }
                        });
        lab.apply(DnsLab.CLIENT);

        assertThat(Wire.answers(answer.get(10, TimeUnit.SECONDS))).isEqualTo(1);
    }

    @Test
    void tooManyQuestionsAtOnceAreRefusedAndCounted() throws Exception {
        silent(server);
        silent(second);
        try (DatagramSocket client = lab.client()) {
            for (int i = 0; i < 40; i++) {
                byte[] question = Wire.query(i, "x" + i + ".example.com", 1);
                client.send(new DatagramPacket(question, question.length));
            }
            for (int i = 0; i < 40; i++) {
                DatagramPacket answer = new DatagramPacket(new byte[512], 512);
                client.receive(answer);
                assertThat(Wire.code(answer.getData())).isEqualTo(2);
            }
        }
        assertThat(lab.metric("ambit_dns_refused_total", "limit")).isEqualTo(24);
        assertThat(lab.metric("ambit_dns_in_flight")).isZero();
    }

    @Test
    void oneStreamCarriesManyQuestions() throws Exception {
        try (Socket socket = lab.dial()) {
            for (int i = 0; i < 100; i++) {
                DnsLab.send(socket, Wire.query(i, "web", 1));
            }
            List<Integer> ids = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                byte[] answer = DnsLab.receive(socket);
                ids.add(Wire.get(answer, 0));
            }
            assertThat(ids).hasSize(100).doesNotHaveDuplicates();
            assertThat(socket.getInputStream().read()).as("closed when idle").isEqualTo(-1);
        }
    }

    @Test
    void moreStreamsThanAllowedAreCut() throws Exception {
        List<Socket> open = new ArrayList<>();
        try {
            for (int i = 0; i < 4; i++) {
                Socket socket = lab.dial();
                open.add(socket);
                DnsLab.send(socket, Wire.query(i, "web", 1));
                DnsLab.receive(socket);
            }
            try (Socket fifth = lab.dial()) {
                assertThat(isCut(fifth)).isTrue();
            }
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    private static boolean isCut(Socket socket) {
        try {
            return socket.getInputStream().read() == -1;
        } catch (IOException reset) {
            return true;
        }
    }

    @Test
    void aGracefulStopAnswersWhatWasAsked() throws Exception {
        CompletableFuture<byte[]> held = new CompletableFuture<>();
        CompletableFuture<byte[]> asked = new CompletableFuture<>();
        server.byUdp =
                q -> {
                    asked.complete(q);
                    return List.of(held.join());
                };
        try (DatagramSocket client = lab.client()) {
            byte[] question = Wire.query(3, OUTSIDE, 1);
            client.send(new DatagramPacket(question, question.length));
            byte[] atServer = asked.get(10, TimeUnit.SECONDS);
            CompletableFuture<Void> stopped = lab.proxy.stop(true);
            held.complete(Wire.answer(atServer, 0x8180, 300, "192.0.2.7"));

            DatagramPacket answer = new DatagramPacket(new byte[512], 512);
            client.receive(answer);

            assertThat(Wire.answers(answer.getData())).isEqualTo(1);
            stopped.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    @DisplayName(
            "registry-only: what was answered for an allowed or registered name may be reached")
    void answersOpenTheWayOut() throws Exception {
        IpAddress allowed = IpAddress.parse("192.0.2.7");
        assertThat(lab.egress.refusal(allowed)).contains("192.0.2.7", "REGISTRY_ONLY");
        assertThat(lab.metric("ambit_egress_refused_total", "\"ns\"")).isEqualTo(1);

        server.byUdp = q -> List.of(Wire.answer(q, 0x8180, 5, "192.0.2.66"));
        lab.udp(Wire.query(1, "www.elsewhere.org", 1));
        assertThat(lab.egress.refusal(IpAddress.parse("192.0.2.66"))).isNotNull();

        lab.apply(MeshService.builder(new NamespacedHostname("ns", "www.elsewhere.org")).build());
        lab.udp(Wire.query(1, "www.elsewhere.org", 1));
        assertThat(lab.egress.refusal(IpAddress.parse("192.0.2.66"))).isNull();

        server.byUdp = q -> List.of(Wire.answer(q, 0x8180, 5, "192.0.2.7"));
        lab.udp(Wire.query(1, OUTSIDE, 1));
        assertThat(lab.egress.refusal(allowed)).isNull();
        assertThat(TestMesh.hostname("ns/web")).isNotNull();
    }

    @Test
    void namesAreResolvedForOtherWaysIntoTheMesh() throws Exception {
        assertThat(resolved("web")).isEqualTo(IpAddress.parse("10.96.0.1"));
        assertThat(resolved(OUTSIDE)).isEqualTo(IpAddress.parse("192.0.2.7"));
        server.byUdp = q -> List.of(Wire.answer(q, 0x8183, 0));
        assertThat(resolved("none.example.org")).isNull();
        assertThat(resolved("not..a.name")).isNull();
        assertThat(resolved("a".repeat(300))).isNull();
    }

    private IpAddress resolved(String name) throws Exception {
        CompletableFuture<IpAddress> found = new CompletableFuture<>();
        lab.proxy.resolve(name, lab.loops.nextData(), found::complete);
        return found.get(10, TimeUnit.SECONDS);
    }
}
