package dev.ambit.ztunnel.training;

import dev.ambit.api.proto.zds.AddWorkload;
import dev.ambit.api.proto.zds.SnapshotSent;
import dev.ambit.api.proto.zds.WorkloadInfo;
import dev.ambit.api.proto.zds.WorkloadRequest;
import dev.ambit.runtime.linux.Netns;
import dev.ambit.runtime.linux.SeqPacketServer;
import dev.ambit.runtime.linux.SeqPacketSocket;
import java.nio.file.Path;
import java.time.Duration;

/** A node agent with one pod, which lives where we do. */
final class TrainingAgent implements Runnable {
    static final String UID = "training-uid";
    static final String POD = "pod";
    static final String NAMESPACE = "training";
    static final String ACCOUNT = "account";

    private static final int PACKET_BYTES = 1024;

    private final Path socket;

    TrainingAgent(Path socket) {
        this.socket = socket;
    }

    @Override
    public void run() {
        try (SeqPacketServer server = SeqPacketSocket.listen(socket, 0600);
                Netns here = Netns.self()) {
            SeqPacketSocket proxy = server.accept(Duration.ZERO).orElseThrow();
            proxy.receive(PACKET_BYTES, Duration.ZERO);
            WorkloadInfo info =
                    WorkloadInfo.newBuilder()
                            .setName(POD)
                            .setNamespace(NAMESPACE)
                            .setServiceAccount(ACCOUNT)
                            .build();
            ask(
                    proxy,
                    WorkloadRequest.newBuilder()
                            .setAdd(AddWorkload.newBuilder().setUid(UID).setWorkloadInfo(info))
                            .build(),
                    here.fd());
            ask(
                    proxy,
                    WorkloadRequest.newBuilder()
                            .setSnapshotSent(SnapshotSent.getDefaultInstance())
                            .build());
            proxy.receive(PACKET_BYTES, Duration.ZERO);
        }
    }

    private static void ask(SeqPacketSocket proxy, WorkloadRequest request, int... descriptors) {
        proxy.send(request.toByteArray(), descriptors);
        proxy.receive(PACKET_BYTES, Duration.ZERO);
    }
}
