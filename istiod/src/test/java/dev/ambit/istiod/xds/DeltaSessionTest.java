package dev.ambit.istiod.xds;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.rpc.Status;
import dev.ambit.api.TypeUrls;
import dev.ambit.api.proto.discovery.DeltaDiscoveryRequest;
import dev.ambit.api.proto.discovery.DeltaDiscoveryResponse;
import dev.ambit.api.proto.discovery.Node;
import dev.ambit.api.proto.discovery.Resource;
import dev.ambit.istiod.xds.StreamAuthenticator.Caller;
import dev.ambit.runtime.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class DeltaSessionTest {
    private static final String TYPE = TypeUrls.ADDRESS;
    private static final ResourceScope SCOPE = ResourceScope.everybody(TYPE);
    private static final XdsLimits LIMITS =
            new XdsLimits(1000, Duration.ofSeconds(60), 100, 100, 10);

    private final ManualTime time = new ManualTime();
    private final ResourceCatalog catalog = new ResourceCatalog();
    private final Recorded stream = new Recorded();
    private final Events events = new Events();
    private DeltaSession session = open(Caller.UNKNOWN);

    /** Responses in order, and how it ended. */
    private static final class Recorded implements DeltaSession.Stream {
        private final Deque<DeltaDiscoveryResponse> responses = new ArrayDeque<>();
        private io.grpc.@Nullable Status closed;

        @Override
        public void send(DeltaDiscoveryResponse response) {
            responses.add(response);
        }

        @Override
        public void close(io.grpc.Status status) {
            closed = status;
        }
    }

    private static final class Events implements XdsEvents {
        private final List<String> log = new ArrayList<>();

        @Override
        public void connected(ProxyNode node) {
            log.add("connected " + node.name());
        }

        @Override
        public void disconnected(ProxyNode node) {
            log.add("disconnected " + node.name());
        }

        @Override
        public void refused(String peer, String reason) {
            log.add("refused " + reason);
        }

        @Override
        public void pushed(DeltaDiscoveryResponse response) {}

        @Override
        public void acked(String typeUrl) {
            log.add("acked");
        }

        @Override
        public void nacked(String proxy, String typeUrl, String error) {
            log.add("nacked " + proxy + " " + error);
        }

        @Override
        public void unanswered(String proxy, String typeUrl) {
            log.add("unanswered " + proxy);
        }
    }

    private DeltaSession open(Caller caller) {
        DeltaSession made =
                new DeltaSession(
                        new DeltaSession.Opening(1, caller, "peer", stream, time.clock()),
                        catalog,
                        LIMITS,
                        events);
        catalog.onChange(made::changed);
        return made;
    }

    private void put(String name, String content, String... keys) {
        catalog.put(SCOPE, name, StringValue.of(content), Set.of(keys), "");
    }

    private static DeltaDiscoveryRequest.Builder first(String... subscribe) {
        return DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(TYPE)
                .setNode(node("ztunnel", Map.of("NODE_NAME", "n1")))
                .addAllResourceNamesSubscribe(List.of(subscribe));
    }

    private static Node node(String type, Map<String, String> meta) {
        Struct.Builder struct = Struct.newBuilder();
        meta.forEach((k, v) -> struct.putFields(k, Value.newBuilder().setStringValue(v).build()));
        return Node.newBuilder()
                .setId(type + "~10.0.0.1~p.istio-system~istio-system.svc.cluster.local")
                .setMetadata(struct)
                .build();
    }

    private DeltaDiscoveryRequest.Builder later() {
        return DeltaDiscoveryRequest.newBuilder().setTypeUrl(TYPE);
    }

    private void ack(DeltaDiscoveryResponse response) {
        session.request(later().setResponseNonce(response.getNonce()).build());
    }

    /** The next response as names added and names removed. */
    private String next() {
        DeltaDiscoveryResponse response = stream.responses.pollFirst();
        return response == null ? "nothing" : text(response);
    }

    private String nextAcked() {
        DeltaDiscoveryResponse response = stream.responses.pollFirst();
        if (response == null) {
            return "nothing";
        }
        ack(response);
        return text(response);
    }

    private static String text(DeltaDiscoveryResponse r) {
        return "+"
                + r.getResourcesList().stream().map(Resource::getName).sorted().toList()
                + " -"
                + r.getRemovedResourcesList().stream().sorted().toList();
    }

    @Test
    void noNamesMeansEverything() {
        put("a", "1");
        put("b", "1");
        session.request(first().build());
        assertThat(nextAcked()).isEqualTo("+[a, b] -[]");
        assertThat(next()).isEqualTo("nothing");

        put("b", "2");
        put("c", "1");
        catalog.remove(SCOPE, "a");
        catalog.publish();
        assertThat(nextAcked()).isEqualTo("+[b, c] -[a]");
        assertThat(events.log).containsExactly("connected p.istio-system", "acked", "acked");
    }

    @Test
    void anEmptyMeshIsAnAnswerToo() {
        session.request(first("*").build());
        assertThat(next()).isEqualTo("+[] -[]");
    }

    @Test
    void equalContentIsNotToldAgain() {
        put("a", "1");
        session.request(first().build());
        nextAcked();
        put("a", "1");
        catalog.publish();
        assertThat(next()).isEqualTo("nothing");
    }

    /** Only what changed while the proxy was away, and what went. */
    @Test
    void aProxyThatComesBackSaysWhatItHas() {
        put("same", "1");
        put("changed", "2");
        put("unsaid", "1");
        EncodedResource same = java.util.Objects.requireNonNull(catalog.get(SCOPE, "same"));
        session.request(
                first().putInitialResourceVersions("same", same.version())
                        .putInitialResourceVersions("changed", "old")
                        .putInitialResourceVersions("unsaid", "")
                        .putInitialResourceVersions("gone", "1")
                        .build());
        assertThat(nextAcked()).isEqualTo("+[changed, unsaid] -[gone]");
    }

    @Test
    void oneResponseIsUnderWayAtATime() {
        put("a", "1");
        session.request(first().build());
        DeltaDiscoveryResponse initial = stream.responses.removeFirst();
        for (int i = 0; i < 5; i++) {
            put("a", "x" + i);
            put("b" + i, "1");
            catalog.publish();
        }
        assertThat(next()).isEqualTo("nothing");
        ack(initial);
        assertThat(nextAcked()).isEqualTo("+[a, b0, b1, b2, b3, b4] -[]");
    }

    @Test
    void aLargeAnswerComesInParts() {
        for (int i = 0; i < 50; i++) {
            put("r" + i, "x".repeat(100));
        }
        session.request(first().build());
        int parts = 0;
        int resources = 0;
        for (DeltaDiscoveryResponse r = stream.responses.pollFirst();
                r != null;
                r = stream.responses.pollFirst()) {
            assertThat(r.getSerializedSize()).isLessThan(2000);
            parts++;
            resources += r.getResourcesCount();
            ack(r);
        }
        assertThat(resources).isEqualTo(50);
        assertThat(parts).isGreaterThan(5);
    }

    @Test
    void aRefusalIsRememberedAndTheStreamGoesOn() {
        put("a", "1");
        session.request(first().build());
        DeltaDiscoveryResponse bad = stream.responses.removeFirst();
        session.request(
                later().setResponseNonce(bad.getNonce())
                        .setErrorDetail(Status.newBuilder().setMessage("a: no"))
                        .build());
        assertThat(events.log).contains("nacked p.istio-system a: no");
        WatchStatus status = session.status().orElseThrow().watches().getFirst();
        assertThat(status.lastError()).isEqualTo("a: no");
        assertThat(status.acked()).isEmpty();

        put("a", "2");
        catalog.publish();
        assertThat(nextAcked()).isEqualTo("+[a] -[]");
        assertThat(session.status().orElseThrow().watches().getFirst().lastError()).isEmpty();
    }

    @Test
    void anAnswerToAnOlderResponseSaysNothing() {
        put("a", "1");
        session.request(first().build());
        stream.responses.clear();
        session.request(later().setResponseNonce("older").build());
        put("b", "1");
        catalog.publish();
        assertThat(next()).isEqualTo("nothing");
    }

    /** As ztunnel on demand: everything asked for and given back at once, then by name. */
    @Test
    void onDemandGivesWhatIsAskedForByAnyKey() {
        put("uid/of/w1", "1", "net/10.0.0.1", "shop/reviews");
        put("uid/of/w2", "1", "net/10.0.0.2", "shop/reviews");
        put("shop/reviews", "1", "net/10.96.0.1");
        put("shop/other", "1");
        session.request(first("*").addResourceNamesUnsubscribe("*").build());
        assertThat(nextAcked()).isEqualTo("+[] -[]");

        session.request(later().addResourceNamesSubscribe("net/10.0.0.1").build());
        assertThat(nextAcked()).isEqualTo("+[uid/of/w1] -[]");
        session.request(later().addResourceNamesSubscribe("net/10.96.0.1").build());
        assertThat(nextAcked()).isEqualTo("+[shop/reviews, uid/of/w2] -[]");
        session.request(later().addResourceNamesSubscribe("net/1.1.1.1").build());
        assertThat(nextAcked()).isEqualTo("+[] -[net/1.1.1.1]");

        put("uid/of/w3", "1", "net/1.1.1.1");
        put("uid/of/w4", "1", "shop/reviews");
        put("shop/other", "2");
        catalog.publish();
        assertThat(nextAcked()).isEqualTo("+[uid/of/w3, uid/of/w4] -[]");

        session.request(later().addResourceNamesUnsubscribe("net/1.1.1.1").build());
        put("uid/of/w3", "2", "net/1.1.1.1");
        catalog.publish();
        assertThat(next()).isEqualTo("nothing");
    }

    @Test
    void onDemandGivesThePodsOfTheOwnNodeUnasked() {
        catalog.put(SCOPE, "local", StringValue.of("1"), Set.of(), "n1");
        catalog.put(SCOPE, "far", StringValue.of("1"), Set.of(), "n2");
        session.request(first("*").addResourceNamesUnsubscribe("*").build());
        assertThat(nextAcked()).isEqualTo("+[local] -[]");
        catalog.put(SCOPE, "local2", StringValue.of("1"), Set.of(), "n1");
        catalog.put(SCOPE, "far2", StringValue.of("1"), Set.of(), "n2");
        catalog.publish();
        assertThat(nextAcked()).isEqualTo("+[local2] -[]");
    }

    @Test
    void askingAgainSendsAgain() {
        put("a", "1");
        session.request(first("a").build());
        assertThat(nextAcked()).isEqualTo("+[a] -[]");
        session.request(later().addResourceNamesSubscribe("a").build());
        assertThat(nextAcked()).isEqualTo("+[a] -[]");
    }

    @Test
    void aWaypointGetsItsOwnAndNobodyElses() {
        catalog.put(
                new ResourceScope(TypeUrls.WAYPOINT_ROUTE, "istio-system/w"),
                "mine",
                StringValue.of("1"));
        catalog.put(
                new ResourceScope(TypeUrls.WAYPOINT_ROUTE, "istio-system/x"),
                "theirs",
                StringValue.of("1"));
        session.request(
                DeltaDiscoveryRequest.newBuilder()
                        .setTypeUrl(TypeUrls.WAYPOINT_ROUTE)
                        .setNode(node("waypoint", Map.of("GATEWAY_NAME", "w")))
                        .build());
        assertThat(next()).isEqualTo("+[mine] -[]");
    }

    @Test
    void aNodeProxyGetsNoWaypointResources() {
        catalog.put(
                new ResourceScope(TypeUrls.WAYPOINT_ROUTE, "istio-system/w"),
                "theirs",
                StringValue.of("1"));
        session.request(first().setTypeUrl(TypeUrls.WAYPOINT_ROUTE).build());
        assertThat(next()).isEqualTo("+[] -[]");
    }

    @Test
    void nobodySpeaksForAnotherProxy() {
        for (Caller caller :
                List.of(
                        new Caller("k", "shop", "a", ""),
                        new Caller("k", "istio-system", "b", ""),
                        new Caller("k", "", "", "n2"))) {
            session = open(caller);
            session.request(
                    first().setNode(
                                    node(
                                            "ztunnel",
                                            Map.of("NODE_NAME", "n1", "SERVICE_ACCOUNT", "a")))
                            .build());
            assertThat(java.util.Objects.requireNonNull(stream.closed).getCode())
                    .isEqualTo(io.grpc.Status.Code.PERMISSION_DENIED);
            stream.closed = null;
        }
        assertThat(stream.responses).isEmpty();
        assertThat(events.log)
                .containsExactly(
                        "refused node of namespace istio-system (expected: shop)",
                        "refused service account a (expected: b)",
                        "refused node n1 (expected: n2)");
    }

    @Test
    void aNodesTokenIsNotThatOfAWaypoint() {
        session = open(new Caller("k", "", "", "n1"));
        session.request(first().setNode(node("waypoint", Map.of("GATEWAY_NAME", "w"))).build());
        assertThat(stream.closed).isNotNull();
    }

    @Test
    void aProxyThatDoesNotAnswerIsCutOff() {
        session.request(first().build());
        time.advance(Duration.ofSeconds(59));
        session.checkAnswers();
        assertThat(stream.closed).isNull();
        time.advance(Duration.ofSeconds(2));
        session.checkAnswers();
        assertThat(java.util.Objects.requireNonNull(stream.closed).getCode())
                .isEqualTo(io.grpc.Status.Code.DEADLINE_EXCEEDED);
        assertThat(events.log).contains("unanswered p.istio-system");
    }

    @Test
    void garbageEndsTheStreamAndNothingElse() {
        session.request(first().setNode(Node.newBuilder().setId("nonsense")).build());
        assertThat(java.util.Objects.requireNonNull(stream.closed).getCode())
                .isEqualTo(io.grpc.Status.Code.INVALID_ARGUMENT);
        stream.closed = null;
        session = open(Caller.UNKNOWN);
        session.request(first("x".repeat(101)).build());
        assertThat(stream.closed).isNotNull();
    }
}
