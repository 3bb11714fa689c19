package dev.ambit.hbone.connection;

import dev.ambit.hbone.ConnectRequest;
import dev.ambit.hbone.ErrorCode;
import dev.ambit.hbone.HboneCounters;
import dev.ambit.hbone.HboneSettings;
import dev.ambit.hbone.frame.FrameWriter;
import dev.ambit.hbone.frame.Frames;
import dev.ambit.hbone.frame.HeaderWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A peer that sends frames byte by byte as a test likes, and writes down what comes back. */
final class RawPeer implements AutoCloseable {
    final UnpooledByteBufAllocator alloc = new UnpooledByteBufAllocator(true);
    final WirePair.Owner owner = new WirePair.Owner();
    final HboneCounters counters = new HboneCounters();
    final HboneConnection connection;
    final EmbeddedChannel channel = new EmbeddedChannel();
    private long nanos;

    RawPeer(Role role) {
        this(role, HboneSettings.defaults());
    }

    RawPeer(Role role, HboneSettings settings) {
        connection = new HboneConnection(role, settings, counters, owner, () -> nanos);
        channel.config().setAllocator(alloc);
        channel.freezeTime();
        channel.pipeline().addLast(connection);
        channel.runPendingTasks();
    }

    /** Of a server, with the peer's preface and SETTINGS behind it. */
    static RawPeer ofServer() {
        RawPeer peer = new RawPeer(Role.SERVER);
        peer.greet();
        return peer;
    }

    /** Of a client, with the server's SETTINGS behind it. */
    static RawPeer ofClient() {
        RawPeer peer = new RawPeer(Role.CLIENT);
        peer.greet();
        return peer;
    }

    void greet() {
        send(
                out -> {
                    if (connection.role() == Role.SERVER) {
                        out.writeBytes(Frames.preface());
                    }
                    FrameWriter.header(out, 0, Frames.SETTINGS, 0, 0);
                });
        answers();
    }

    void pass(long millis) {
        nanos += TimeUnit.MILLISECONDS.toNanos(millis);
        channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
    }

    void send(Consumer<ByteBuf> frames) {
        ByteBuf out = alloc.directBuffer();
        frames.accept(out);
        if (channel.isOpen()) {
            channel.writeInbound(out);
        } else {
            out.release();
        }
        channel.runPendingTasks();
    }

    static void connect(ByteBuf out, int stream, String authority) {
        headers(out, stream, 0, block -> HeaderWriter.connect(block, ConnectRequest.to(authority)));
    }

    static void ok(ByteBuf out, int stream, int flags) {
        headers(out, stream, flags, block -> HeaderWriter.response(block, 200, Map.of()));
    }

    static void headers(ByteBuf out, int stream, int flags, Consumer<ByteBuf> block) {
        int at = out.writerIndex();
        out.writeZero(9);
        block.accept(out);
        FrameWriter.setHeader(
                out,
                at,
                out.writerIndex() - at - 9,
                Frames.HEADERS,
                Frames.END_HEADERS | flags,
                stream);
    }

    static void data(ByteBuf out, int stream, int length, int flags) {
        FrameWriter.header(out, length, Frames.DATA, flags, stream);
        out.writeZero(length);
    }

    /** What came back since the last call, one line a frame. */
    List<String> answers() {
        List<String> answers = new ArrayList<>();
        ByteBuf all = alloc.heapBuffer();
        channel.runPendingTasks();
        ByteBuf out;
        while ((out = channel.readOutbound()) != null) {
            all.writeBytes(out);
            out.release();
        }
        byte[] preface = Frames.preface();
        if (all.readableBytes() > 24
                && all.getByte(0) == preface[0]
                && all.getByte(1) == preface[1]) {
            all.skipBytes(24);
        }
        while (all.isReadable()) {
            answers.add(frame(all));
        }
        all.release();
        return answers;
    }

    private static String frame(ByteBuf all) {
        int length = all.readMedium();
        int type = all.readByte();
        int flags = all.readByte();
        int stream = all.readInt();
        ByteBuf body = all.readSlice(length);
        return switch (type) {
            case Frames.DATA -> "DATA " + stream + " " + length + (flags == 1 ? " fin" : "");
            case Frames.HEADERS -> "HEADERS " + stream + ((flags & 1) == 1 ? " fin" : "");
            case Frames.RST_STREAM ->
                    "RST " + stream + " " + ErrorCode.name(body.readUnsignedInt());
            case Frames.SETTINGS -> flags == 1 ? "SETTINGS ACK" : "SETTINGS";
            case Frames.PING -> "PING " + body.readLong() + (flags == 1 ? " ack" : "");
            case Frames.GOAWAY ->
                    "GOAWAY " + body.readInt() + " " + ErrorCode.name(body.readUnsignedInt());
            case Frames.WINDOW_UPDATE -> "WINDOW " + stream + " " + body.readInt();
            default -> "type " + type;
        };
    }

    /** Bytes of memory still held. */
    long held() {
        return alloc.metric().usedDirectMemory() + alloc.metric().usedHeapMemory();
    }

    @Override
    public void close() {
        channel.finishAndReleaseAll();
    }
}
