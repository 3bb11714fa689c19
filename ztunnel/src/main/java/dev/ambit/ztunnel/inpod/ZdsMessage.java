package dev.ambit.ztunnel.inpod;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.ambit.api.proto.zds.WorkloadRequest;
import dev.ambit.runtime.linux.Descriptors;
import dev.ambit.runtime.linux.Netns;
import dev.ambit.runtime.linux.Received;
import dev.ambit.runtime.linux.SystemCallException;
import dev.ambit.ztunnel.state.WorkloadInfo;

/** What the node agent says (ambient.md 1.8). */
sealed interface ZdsMessage {

    /** The longest packet either side may send. */
    int MAX_BYTES = 1024;

    /** A pod and its namespace, which the receiver of this message owns. */
    record Add(String uid, WorkloadInfo info, Netns netns) implements ZdsMessage {}

    /** A pod that still exists though its namespace is lost to the agent. */
    record Keep(String uid) implements ZdsMessage {}

    /** A pod that is gone. */
    record Delete(String uid) implements ZdsMessage {}

    /** All pods have been named: what was not is gone. */
    record SnapshotSent() implements ZdsMessage {}

    /** Reads a packet; takes over its descriptors and closes what it does not pass on. */
    static ZdsMessage read(Received.Packet packet) throws ZdsViolation {
        WorkloadRequest request;
        try {
            request = WorkloadRequest.parseFrom(packet.bytes());
        } catch (InvalidProtocolBufferException broken) {
            close(packet, 0);
            throw new ZdsViolation("not a WorkloadRequest: " + broken.getMessage());
        }
        if (!request.hasAdd()) {
            close(packet, 0);
            if (packet.fds().length > 0) {
                throw new ZdsViolation(
                        request.getPayloadCase()
                                + " with a descriptor (expected: only ADD has one)");
            }
        }
        return switch (request.getPayloadCase()) {
            case ADD -> add(request, packet);
            case KEEP -> new Keep(request.getKeep().getUid());
            case DEL -> new Delete(request.getDel().getUid());
            case SNAPSHOT_SENT -> new SnapshotSent();
            case PAYLOAD_NOT_SET -> throw new ZdsViolation("a WorkloadRequest without payload");
        };
    }

    private static ZdsMessage add(WorkloadRequest request, Received.Packet packet)
            throws ZdsViolation {
        String uid = request.getAdd().getUid();
        if (packet.fds().length == 0) {
            throw new ZdsViolation("ADD of " + uid + " without a descriptor");
        }
        close(packet, 1);
        if (!request.getAdd().hasWorkloadInfo()) {
            Descriptors.close(packet.fds()[0]);
            throw new ZdsViolation("ADD of " + uid + " without workload_info");
        }
        var info = request.getAdd().getWorkloadInfo();
        try {
            return new Add(
                    uid,
                    new WorkloadInfo(info.getName(), info.getNamespace(), info.getServiceAccount()),
                    Netns.ofFd(packet.fds()[0]));
        } catch (SystemCallException | IllegalArgumentException notNetns) {
            throw new ZdsViolation("ADD of " + uid + ": " + notNetns.getMessage());
        }
    }

    private static void close(Received.Packet packet, int from) {
        for (int i = from; i < packet.fds().length; i++) {
            Descriptors.close(packet.fds()[i]);
        }
    }
}
