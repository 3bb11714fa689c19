package dev.ambit.tests.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.ambit.api.TypeUrls;
import dev.ambit.api.proto.workload.Address;
import dev.ambit.api.proto.workload.Workload;
import dev.ambit.client.ads.DeltaSubscription;
import dev.ambit.client.ads.NodeInfo;
import dev.ambit.client.ads.SubscriptionMetrics;
import dev.ambit.client.channel.IstiodChannel;
import dev.ambit.client.testing.FakeControlPlane;
import dev.ambit.policy.state.MeshState;
import dev.ambit.runtime.metrics.MetricsRegistry;
import dev.ambit.runtime.net.EventLoops;
import dev.ambit.runtime.testing.TestLoops;
import dev.ambit.ztunnel.state.StateUpdater;
import dev.ambit.ztunnel.telemetry.XdsMetrics;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a proxy does with resources it cannot understand. */
final class BadResourcesTest {

    private static final int RESOURCES = 1000;

    /** M24: one of a thousand costs one, and the control plane hears which. */
    @Test
    void oneMalformedResourceOfAThousandIsRefusedByNameAndTheOthersCount() {
        MeshState state = new MeshState("n1");
        Map<String, ByteString> sent = new LinkedHashMap<>();
        for (int i = 0; i < RESOURCES; i++) {
            sent.put("uid-" + i, workload(i));
        }
        String broken = "uid-617";
        sent.put(broken, ByteString.copyFromUtf8("\n\177 not the bytes it promises"));
        SubscriptionMetrics metrics = new XdsMetrics(MetricsRegistry.of("test", "0"));
        try (EventLoops loops = TestLoops.start();
                FakeControlPlane istiod = FakeControlPlane.start()) {
            istiod.put(TypeUrls.ADDRESS, sent);
            try (IstiodChannel channel = IstiodChannel.open(istiod.config(), loops);
                    DeltaSubscription subscription =
                            DeltaSubscription.start(
                                    channel,
                                    new NodeInfo("ztunnel~10.0.0.1~z.ns~ns.svc", Map.of()),
                                    new StateUpdater(state).handlers(),
                                    metrics)) {
                assertThat(istiod.nextRejection().getErrorDetail().getMessage())
                        .startsWith(broken + ": ");
                assertThat(state.workloads()).hasSize(RESOURCES - 1);
                assertThat(subscription.state().current()).isNotNull();
            }
        }
    }

    private static ByteString workload(int i) {
        return Address.newBuilder()
                .setWorkload(
                        Workload.newBuilder()
                                .setUid("uid-" + i)
                                .setName("pod-" + i)
                                .setNamespace("default")
                                .addAddresses(
                                        ByteString.copyFrom(
                                                new byte[] {10, 9, (byte) (i / 256), (byte) i})))
                .build()
                .toByteString();
    }
}
