package dev.ambit.cni.zds;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.ambit.api.proto.zds.AddWorkload;
import dev.ambit.api.proto.zds.DelWorkload;
import dev.ambit.api.proto.zds.KeepWorkload;
import dev.ambit.api.proto.zds.SnapshotSent;
import dev.ambit.api.proto.zds.Version;
import dev.ambit.api.proto.zds.WorkloadInfo;
import dev.ambit.api.proto.zds.WorkloadRequest;
import dev.ambit.api.proto.zds.WorkloadResponse;
import dev.ambit.api.proto.zds.ZdsHello;
import dev.ambit.cni.enrolment.PodId;
import dev.ambit.runtime.linux.Descriptors;
import dev.ambit.runtime.linux.Netns;
import dev.ambit.runtime.linux.Received;
import dev.ambit.runtime.linux.SeqPacketSocket;
import dev.ambit.runtime.linux.SystemCallException;
import dev.ambit.runtime.log.Log;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One ztunnel: strict lock-step, five seconds for each acknowledgement. The reconciler's thread
 * sends; the connection's own thread receives, so that an end is noticed at once.
 */
final class ZdsConnection implements ZtunnelLink {

    private static final Log LOG = Log.get("cni::zds");

    /** Limit of both sides. */
    static final int MAX_BYTES = 1024;

    static final Duration ACK_LIMIT = Duration.ofSeconds(5);

    private final SeqPacketSocket socket;
    private final long number;
    private final Duration ackLimit;

    /**
     * The message that waits for its acknowledgement, set by the sender, taken by the receiver.
     * Where nobody waits, what arrives was not asked for.
     */
    private final AtomicReference<@Nullable CompletableFuture<Reply>> waiting =
            new AtomicReference<>();

    /** Set by whoever notices first, read by both threads. */
    private volatile boolean lost;

    ZdsConnection(SeqPacketSocket socket, long number, Duration ackLimit) {
        this.socket = socket;
        this.number = number;
        this.ackLimit = ackLimit;
    }

    @Override
    public long number() {
        return number;
    }

    /** Waits for the greeting; false if it did not come or is of another version. */
    boolean greeted() {
        Received received = socket.receive(MAX_BYTES, ackLimit);
        if (!(received instanceof Received.Packet packet)) {
            LOG.warn("AMB1520 ztunnel did not say hello", "got", received.toString());
            return false;
        }
        closeAll(packet);
        try {
            Version version = ZdsHello.parseFrom(packet.bytes()).getVersion();
            if (version == Version.V1) {
                return true;
            }
            LOG.error("AMB1521 ztunnel speaks another version", "got", version, "expected", "V1");
        } catch (InvalidProtocolBufferException e) {
            LOG.error("AMB1521 ztunnel's hello is not readable", "error", e);
        }
        return false;
    }

    /** Receives until the end; run by the connection's own thread. */
    void receiveUntilEnd() {
        String reason = "closed by ztunnel";
        try {
            while (!lost) {
                Received received = socket.receive(MAX_BYTES, Duration.ZERO);
                if (received instanceof Received.EndOfStream) {
                    break;
                }
                if (!(received instanceof Received.Packet packet) || !acknowledge(packet)) {
                    reason = "AMB1522 ztunnel broke the protocol";
                    LOG.error(reason, "got", received.toString());
                    break;
                }
            }
        } catch (SystemCallException e) {
            reason = String.valueOf(e.getMessage());
        }
        lost(reason);
    }

    private boolean acknowledge(Received.Packet packet) {
        closeAll(packet);
        WorkloadResponse response;
        try {
            response = WorkloadResponse.parseFrom(packet.bytes());
        } catch (InvalidProtocolBufferException e) {
            return false;
        }
        CompletableFuture<Reply> asked = waiting.getAndSet(null);
        if (!response.hasAck() || asked == null) {
            return false;
        }
        String error = response.getAck().getError();
        asked.complete(error.isEmpty() ? new Reply.Acknowledged() : new Reply.Refused(error));
        return true;
    }

    private static void closeAll(Received.Packet packet) {
        for (int fd : packet.fds()) {
            Descriptors.close(fd);
        }
    }

    @Override
    public Reply add(PodId pod, Netns netns) {
        WorkloadInfo info =
                WorkloadInfo.newBuilder()
                        .setName(pod.name())
                        .setNamespace(pod.namespace())
                        .setServiceAccount(pod.serviceAccount())
                        .build();
        AddWorkload add = AddWorkload.newBuilder().setUid(pod.uid()).setWorkloadInfo(info).build();
        return ask(WorkloadRequest.newBuilder().setAdd(add).build(), netns.fd());
    }

    @Override
    public Reply keep(String uid) {
        return ask(
                WorkloadRequest.newBuilder().setKeep(KeepWorkload.newBuilder().setUid(uid)).build(),
                -1);
    }

    @Override
    public Reply delete(String uid) {
        return ask(
                WorkloadRequest.newBuilder().setDel(DelWorkload.newBuilder().setUid(uid)).build(),
                -1);
    }

    @Override
    public Reply snapshotSent() {
        return ask(
                WorkloadRequest.newBuilder()
                        .setSnapshotSent(SnapshotSent.getDefaultInstance())
                        .build(),
                -1);
    }

    private Reply ask(WorkloadRequest request, int fd) {
        byte[] packet = request.toByteArray();
        if (packet.length > MAX_BYTES) {
            return new Reply.Refused(
                    "AMB1523 message of " + packet.length + " bytes (expected: at most 1024)");
        }
        CompletableFuture<Reply> answer = new CompletableFuture<>();
        if (lost || !waiting.compareAndSet(null, answer)) {
            return new Reply.Lost("connection ended");
        }
        try {
            if (fd < 0) {
                socket.send(packet);
            } else {
                socket.send(packet, fd);
            }
            return answer.get(ackLimit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            lost("AMB1524 no acknowledgement of " + request.getPayloadCase() + " in time");
        } catch (SystemCallException e) {
            lost(String.valueOf(e.getMessage()));
        } catch (ExecutionException e) {
            lost(String.valueOf(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            lost("agent is stopping");
        }
        return answer.getNow(new Reply.Lost("connection ended"));
    }

    private void lost(String reason) {
        if (lost) {
            return;
        }
        lost = true;
        LOG.info("ztunnel disconnected", "connection", number, "reason", reason);
        socket.close();
        CompletableFuture<Reply> asked = waiting.getAndSet(null);
        if (asked != null) {
            asked.complete(new Reply.Lost(reason));
        }
    }

    @Override
    public void close() {
        lost("agent is stopping");
    }
}
