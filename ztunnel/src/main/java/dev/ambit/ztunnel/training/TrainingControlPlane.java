package dev.ambit.ztunnel.training;

import com.google.protobuf.ByteString;
import dev.ambit.api.TypeUrls;
import dev.ambit.api.proto.workload.Address;
import dev.ambit.api.proto.workload.TunnelProtocol;
import dev.ambit.api.proto.workload.Workload;
import dev.ambit.client.testing.FakeControlPlane;
import dev.ambit.identity.testing.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The training's istiod, a process of its own: its classes must not be in the cache, where each
 * costs every proxy memory. Ends with its standard input.
 */
public final class TrainingControlPlane {

    private TrainingControlPlane() {}

    /**
     * @param arguments the file to write the root certificate to, the port, the pod's address, the
     *     node's name
     */
    public static void main(String[] arguments) throws IOException {
        FakeControlPlane istiod =
                FakeControlPlane.start(new TestCertificates(), Integer.parseInt(arguments[1]));
        istiod.put(TypeUrls.ADDRESS, TrainingAgent.UID, workload(arguments[2], arguments[3]));
        Path written = Path.of(arguments[0] + ".new");
        Files.writeString(written, istiod.certificates().bundle().pem());
        Files.move(written, Path.of(arguments[0]));
        System.in.readAllBytes();
        istiod.close();
    }

    private static ByteString workload(String address, String node) throws UnknownHostException {
        return Address.newBuilder()
                .setWorkload(
                        Workload.newBuilder()
                                .setUid(TrainingAgent.UID)
                                .setName(TrainingAgent.POD)
                                .setNamespace(TrainingAgent.NAMESPACE)
                                .setServiceAccount(TrainingAgent.ACCOUNT)
                                .setNode(node)
                                .setTunnelProtocol(TunnelProtocol.HBONE)
                                .addAddresses(
                                        ByteString.copyFrom(
                                                InetAddress.getByName(address).getAddress())))
                .build()
                .toByteString();
    }
}
