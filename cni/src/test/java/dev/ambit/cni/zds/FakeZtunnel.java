package dev.ambit.cni.zds;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.ambit.api.proto.zds.Ack;
import dev.ambit.api.proto.zds.Version;
import dev.ambit.api.proto.zds.WorkloadRequest;
import dev.ambit.api.proto.zds.WorkloadResponse;
import dev.ambit.api.proto.zds.ZdsHello;
import dev.ambit.runtime.linux.Descriptors;
import dev.ambit.runtime.linux.Netns;
import dev.ambit.runtime.linux.Received;
import dev.ambit.runtime.linux.SeqPacketSocket;
import java.nio.file.Path;
import java.time.Duration;

/** The other side of ZDS, step by step. */
public final class FakeZtunnel implements AutoCloseable {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final SeqPacketSocket socket;

    private FakeZtunnel(SeqPacketSocket socket) {
        this.socket = socket;
    }

    public static FakeZtunnel connect(Path path) {
        FakeZtunnel made = silent(path);
        made.socket.send(ZdsHello.newBuilder().setVersion(Version.V1).build().toByteArray());
        return made;
    }

    static FakeZtunnel silent(Path path) {
        return new FakeZtunnel(SeqPacketSocket.connect(path));
    }

    void send(byte[] packet) {
        socket.send(packet);
    }

    /** The next message; a namespace that came with it is checked and closed. */
    public WorkloadRequest next() {
        Received received = socket.receive(1024, LONG);
        assertThat(received).isInstanceOf(Received.Packet.class);
        Received.Packet packet = (Received.Packet) received;
        try {
            WorkloadRequest request = WorkloadRequest.parseFrom(packet.bytes());
            assertThat(packet.fds()).hasSize(request.hasAdd() ? 1 : 0);
            for (int fd : packet.fds()) {
                lastInode = Descriptors.inode(fd);
                Netns.ofFd(fd).close();
            }
            return request;
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private long lastInode;

    /** Of the namespace that came last. */
    public long lastInode() {
        return lastInode;
    }

    public void ack() {
        ack("");
    }

    public void ack(String error) {
        socket.send(
                WorkloadResponse.newBuilder()
                        .setAck(Ack.newBuilder().setError(error))
                        .build()
                        .toByteArray());
    }

    /** The next message, acknowledged. */
    public WorkloadRequest take() {
        WorkloadRequest request = next();
        ack();
        return request;
    }

    boolean disconnected() {
        return socket.receive(1024, LONG) instanceof Received.EndOfStream;
    }

    @Override
    public void close() {
        socket.close();
    }
}
