package dev.ambit.ztunnel.training;

import com.google.protobuf.ByteString;
import dev.ambit.api.TypeUrls;
import dev.ambit.api.proto.workload.Address;
import dev.ambit.api.proto.workload.TunnelProtocol;
import dev.ambit.api.proto.workload.Workload;
import dev.ambit.client.testing.FakeControlPlane;
import dev.ambit.identity.testing.TestCertificates;
import dev.ambit.ztunnel.Main;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Starts the proxy as a node does, sends some connections through it, and ends it as a node does:
 * what was loaded, linked and resolved meanwhile is what the cache holds. Needs a network namespace
 * of its own, set up by {@code ztunnel/aot}; what that could not arrange is simply not trained.
 */
public final class TrainingRun {

    /** However it goes, a build does not wait longer. */
    private static final Duration LIMIT = Duration.ofSeconds(40);

    private static final int BULK_BYTES = 64 << 20;

    private TrainingRun() {}

    /**
     * @param arguments directory for root certificate, token and socket; the port of the control
     *     plane; the pod's address; all as in the environment the proxy is given
     */
    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        String address = arguments[2];
        background("limit", TrainingRun::giveUp);
        FakeControlPlane istiod =
                FakeControlPlane.start(new TestCertificates(), Integer.parseInt(arguments[1]));
        Files.writeString(directory.resolve("root.pem"), istiod.certificates().bundle().pem());
        istiod.put(TypeUrls.ADDRESS, TrainingAgent.UID, workload(address));
        background("agent", new TrainingAgent(directory.resolve("ztunnel.sock")));
        background("traffic", new TrainingTraffic(address, BULK_BYTES));
        Main.main(new String[] {"proxy"});
    }

    private static ByteString workload(String address) throws UnknownHostException {
        return Address.newBuilder()
                .setWorkload(
                        Workload.newBuilder()
                                .setUid(TrainingAgent.UID)
                                .setName(TrainingAgent.POD)
                                .setNamespace(TrainingAgent.NAMESPACE)
                                .setServiceAccount(TrainingAgent.ACCOUNT)
                                .setNode(System.getenv("NODE_NAME"))
                                .setTunnelProtocol(TunnelProtocol.HBONE)
                                .addAddresses(
                                        ByteString.copyFrom(
                                                InetAddress.getByName(address).getAddress())))
                .build()
                .toByteString();
    }

    private static void giveUp() {
        try {
            Thread.sleep(LIMIT);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(3);
    }

    private static void background(String name, Runnable task) {
        Thread.ofPlatform().daemon().name("training-" + name).start(task);
    }
}
