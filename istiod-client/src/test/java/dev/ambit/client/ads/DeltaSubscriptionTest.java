package dev.ambit.client.ads;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.ambit.api.proto.discovery.DeltaDiscoveryRequest;
import dev.ambit.client.channel.IstiodChannel;
import dev.ambit.client.testing.FakeControlPlane;
import dev.ambit.runtime.net.EventLoops;
import dev.ambit.runtime.testing.TestLoops;
import io.grpc.Status;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One stream against a control plane on loopback. */
final class DeltaSubscriptionTest {

    private static final NodeInfo NODE =
            new NodeInfo(
                    "ztunnel~10.0.0.1~ztunnel-a.istio-system~istio-system.svc.cluster.local",
                    Map.of("NODE_NAME", "node-a", "FLAGS", List.of("a", 1, true)));

    private final EventLoops loops = TestLoops.start();
    private final FakeControlPlane istiod = FakeControlPlane.start();
    private final IstiodChannel channel = IstiodChannel.open(istiod.config(), loops);
    private final Words words = new Words();

    @AfterEach
    void close() {
        channel.close();
        istiod.close();
        loops.close();
    }

    @Test
    void hearsEverythingAndWhatChanges() throws Exception {
        istiod.put(Words.TYPE, "a", bytes("1"));
        DeltaSubscription subscription = start(Interest.WILDCARD);

        assertThat(words.next()).isEqualTo(Map.of("a", "1"));
        await(subscription, SyncState.Synced.class::isInstance);
        DeltaDiscoveryRequest first = istiod.nextRequest();
        assertThat(first.getNode().getId()).isEqualTo(NODE.id());
        assertThat(first.getNode().getMetadata().getFieldsOrThrow("NODE_NAME").getStringValue())
                .isEqualTo("node-a");
        assertThat(first.getResourceNamesSubscribeList()).isEmpty();
        assertThat(istiod.nextRequest().getResponseNonce()).isEqualTo("1");

        istiod.put(Words.TYPE, "b", bytes("2"));
        assertThat(words.next()).isEqualTo(Map.of("a", "1", "b", "2"));
        istiod.remove(Words.TYPE, "a");
        assertThat(words.next()).isEqualTo(Map.of("b", "2"));
    }

    @Test
    void sendsTokenClusterAndHeaders() throws Exception {
        istiod.put(Words.TYPE, "a", bytes("1"));
        start(Interest.WILDCARD);
        words.next();
        assertThat(istiod.lastHeader("authorization"))
                .isEqualTo("Bearer " + FakeControlPlane.TOKEN);
        assertThat(istiod.lastHeader("clusterid")).isEqualTo("Kubernetes");
    }

    @Test
    void refusesBadResourcesByNameAndKeepsTheGoodOnes() throws Exception {
        istiod.put(
                Words.TYPE,
                Map.of(
                        "bad", bytes("undecodable"),
                        "good", bytes("1"),
                        "odd", bytes("inapplicable")));
        start(Interest.WILDCARD);

        assertThat(words.next()).isEqualTo(Map.of("good", "1"));
        assertThat(istiod.nextRejection().getErrorDetail().getMessage())
                .isEqualTo("bad: word: undecodable (expected: anything else); odd: does not fit");
    }

    @Test
    void comesBackWithTheVersionsItAcceptedAndGetsRefusedOnesAgain() throws Exception {
        istiod.put(Words.TYPE, Map.of("bad", bytes("undecodable"), "good", bytes("1")));
        DeltaSubscription subscription = start(Interest.WILDCARD);
        words.next();
        istiod.nextRejection();

        istiod.endStreams(Status.UNAVAILABLE.withDescription("transport is closing"));

        DeltaDiscoveryRequest again = istiod.nextRequest();
        assertThat(again.getInitialResourceVersionsMap()).containsOnlyKeys("good");
        assertThat(again.getNode().getId()).isEqualTo(NODE.id());
        assertThat(istiod.nextRejection().getErrorDetail().getMessage()).startsWith("bad: ");
        await(subscription, SyncState.Synced.class::isInstance);
    }

    @Test
    void namesOnDemandAreAskedForAndForgotten() throws Exception {
        istiod.put(Words.TYPE, Map.of("a", bytes("1"), "b", bytes("2")));
        DeltaSubscription subscription = start(Interest.ON_DEMAND);
        DeltaDiscoveryRequest first = istiod.nextRequest();
        assertThat(first.getResourceNamesSubscribeList()).containsExactly("*");
        assertThat(first.getResourceNamesUnsubscribeList()).containsExactly("*");

        subscription.subscribe(Words.TYPE, List.of("b", "absent"));
        assertThat(words.next()).isEqualTo(Map.of("b", "2"));
        subscription.subscribe(Words.TYPE, List.of("b"));
        subscription.unsubscribe(Words.TYPE, List.of("b"));
        DeltaDiscoveryRequest request = istiod.nextRequest();
        while (request.getResourceNamesUnsubscribeCount() == 0) {
            request = istiod.nextRequest();
        }
        assertThat(request.getResourceNamesUnsubscribeList()).containsExactly("b");
    }

    @Test
    void keepsWhatItKnowsWhenIstiodIsGoneAndFindsANewOne() throws Exception {
        istiod.put(Words.TYPE, "a", bytes("1"));
        DeltaSubscription subscription = start(Interest.WILDCARD);
        words.next();
        await(subscription, SyncState.Synced.class::isInstance);
        int port = istiod.port();
        istiod.close();
        await(subscription, SyncState.Disconnected.class::isInstance);

        try (FakeControlPlane next = FakeControlPlane.start(istiod.certificates(), port)) {
            next.put(Words.TYPE, "b", bytes("2"));
            assertThat(words.next()).isEqualTo(Map.of("b", "2"));
            await(subscription, SyncState.Synced.class::isInstance);
        }
    }

    @Test
    void aBugInAHandlerEndsTheStreamAndTheNextOneBringsEverything() throws Exception {
        words.failOnce();
        istiod.put(Words.TYPE, "a", bytes("1"));
        DeltaSubscription subscription = start(Interest.WILDCARD);
        assertThat(words.next()).isEqualTo(Map.of("a", "1"));
        await(subscription, SyncState.Synced.class::isInstance);
    }

    @Test
    void saysWhatIsMissingUntilItWasHeard() throws Exception {
        istiod.close();
        DeltaSubscription subscription = start(Interest.WILDCARD);
        await(
                subscription,
                state ->
                        state instanceof SyncState.Waiting waiting
                                && waiting.missing().contains(Words.TYPE)
                                && waiting.trouble().contains("UNAVAILABLE"));
    }

    private DeltaSubscription start(Interest interest) {
        return DeltaSubscription.start(
                channel, NODE, Map.of(words, interest), SubscriptionMetrics.NONE);
    }

    private static void await(DeltaSubscription subscription, Predicate<SyncState> wanted)
            throws InterruptedException {
        CountDownLatch seen = new CountDownLatch(1);
        try (var _ =
                subscription
                        .state()
                        .onChange(
                                state -> {
                                    if (wanted.test(state)) {
                                        seen.countDown();
                                    }
                                })) {
            assertThat(seen.await(20, TimeUnit.SECONDS))
                    .as("state %s", subscription.state().current())
                    .isTrue();
        }
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }
}
