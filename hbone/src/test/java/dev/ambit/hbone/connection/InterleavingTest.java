package dev.ambit.hbone.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.hbone.ConnectRequest;
import dev.ambit.hbone.ErrorCode;
import dev.ambit.hbone.HboneSettings;
import dev.ambit.hbone.connection.WirePair.Opening;
import dev.ambit.hbone.connection.WirePair.Tunnel;
import dev.ambit.hbone.frame.FrameWriter;
import dev.ambit.hbone.frame.Frames;
import dev.ambit.hbone.frame.HeaderWriter;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * E09: streams, resets and header blocks in any order. The short form is part of every run; {@code
 * -Dambit.interleavings=100000} is the long one.
 */
final class InterleavingTest {

    private static final int INTERLEAVINGS = Integer.getInteger("ambit.interleavings", 10_000);
    private static final int A_CONNECTION = 50;
    private static final int MOST_PIECES = 16;

    /** A reset at any moment, from either side, in any order; nothing is kept. */
    @Test
    void resetsAtAnyMomentLeakNothing() {
        for (long seed = 0; seed < INTERLEAVINGS / A_CONNECTION; seed++) {
            Random random = new Random(seed);
            try (WirePair wire = new WirePair(HboneSettings.defaults(), seed)) {
                for (int i = 0; i < A_CONNECTION; i++) {
                    interleave(wire, random);
                }
                wire.settle();
                assertThat(wire.client.streams()).as("seed %s", seed).isZero();
                assertThat(wire.server.streams()).as("seed %s", seed).isZero();
                assertThat(wire.clientOwner.end).isNull();
                assertThat(wire.serverOwner.end).isNull();
                assertThat(wire.held()).as("seed %s", seed).isZero();
            }
        }
    }

    /** A header block may come in pieces, cut anywhere, the frames cut anywhere themselves. */
    @Test
    void headerBlocksInPiecesAreReadAsOne() {
        Random random = new Random(9);
        for (int i = 0; i < INTERLEAVINGS / A_CONNECTION; i++) {
            try (RawPeer peer = RawPeer.ofServer()) {
                for (int n = 0; n < A_CONNECTION; n++) {
                    int id = 2 * n + 1;
                    List<byte[]> frames = pieces(peer, id, random);
                    for (byte[] frame : frames) {
                        cut(peer, frame, random);
                    }
                    assertThat(peer.owner.requested).hasSize(n + 1);
                    peer.owner.requested.getLast().accept(Map.of());
                    peer.owner.requested.getLast().reset(ErrorCode.CANCEL);
                }
                peer.answers();
                assertThat(peer.owner.end).isNull();
                assertThat(peer.connection.streams()).isZero();
                assertThat(peer.held()).isZero();
            }
        }
    }

    /** Between the pieces of a block nothing else may come, of whatever stream. */
    @Test
    void anyFrameBetweenThePiecesOfABlockEndsTheConnection() {
        Random random = new Random(10);
        for (int i = 0; i < INTERLEAVINGS / 10; i++) {
            try (RawPeer peer = RawPeer.ofServer()) {
                peer.send(out -> RawPeer.connect(out, 1, "10.0.0.1:80"));
                peer.owner.requested.getFirst().accept(Map.of());
                Collector.eager(peer.owner.requested.getFirst());
                peer.answers();
                List<byte[]> frames = pieces(peer, 3, random);
                int between = 1 + random.nextInt(frames.size() - 1);
                for (byte[] frame : frames.subList(0, between)) {
                    cut(peer, frame, random);
                }
                peer.send(out -> another(out, random));
                assertThat(peer.answers()).as("case %s", i).last().asString().startsWith("GOAWAY");
                assertThat(peer.channel.isOpen()).isFalse();
                assertThat(peer.owner.requested).hasSize(1);
                assertThat(peer.connection.streams()).isZero();
                assertThat(peer.held()).isZero();
            }
        }
    }

    private static void another(ByteBuf out, Random random) {
        int stream = random.nextBoolean() ? 1 : 3;
        switch (random.nextInt(8)) {
            case 0 -> RawPeer.data(out, stream, random.nextInt(100), 0);
            case 1 -> FrameWriter.ping(out, 7, random.nextBoolean());
            case 2 -> FrameWriter.rstStream(out, stream, ErrorCode.CANCEL);
            case 3 -> FrameWriter.windowUpdate(out, random.nextInt(2), 1);
            case 4 -> FrameWriter.header(out, 0, Frames.SETTINGS, 0, 0);
            case 5 -> RawPeer.connect(out, 5, "10.0.0.1:80");
            case 6 -> FrameWriter.header(out, 0, Frames.CONTINUATION, Frames.END_HEADERS, 1);
            default -> FrameWriter.header(out, 0, 0x42, 0, stream);
        }
    }

    /** HEADERS and up to fifteen CONTINUATION, at least two frames. */
    private static List<byte[]> pieces(RawPeer peer, int stream, Random random) {
        ByteBuf block = peer.alloc.heapBuffer();
        HeaderWriter.connect(block, ConnectRequest.to("10.0.0.1:80"));
        int count = 2 + random.nextInt(MOST_PIECES - 1);
        List<byte[]> frames = new java.util.ArrayList<>();
        for (int i = 0; i < count; i++) {
            boolean last = i == count - 1;
            // Never empty: those are counted, and few are allowed.
            int most = block.readableBytes() - (count - 1 - i);
            int length = last ? block.readableBytes() : 1 + random.nextInt(Math.min(most, 8));
            ByteBuf out = peer.alloc.heapBuffer();
            FrameWriter.header(
                    out,
                    length,
                    i == 0 ? Frames.HEADERS : Frames.CONTINUATION,
                    last ? Frames.END_HEADERS : 0,
                    stream);
            out.writeBytes(block, length);
            byte[] frame = new byte[out.readableBytes()];
            out.readBytes(frame);
            out.release();
            frames.add(frame);
        }
        block.release();
        return frames;
    }

    private static void cut(RawPeer peer, byte[] frame, Random random) {
        int at = 0;
        while (at < frame.length) {
            int from = at;
            int length = 1 + random.nextInt(frame.length - at);
            peer.send(out -> out.writeBytes(frame, from, length));
            at += length;
        }
    }

    private static void interleave(WirePair wire, Random random) {
        if (random.nextInt(20) == 0) {
            // While the answer is pending: the far end's dial is under way.
            TunnelStream pending =
                    wire.client.open(ConnectRequest.to("10.0.0.1:80"), new Opening());
            wire.settle();
            pending.reset(ErrorCode.CANCEL);
            if (random.nextBoolean()) {
                wire.settle();
            }
            TunnelStream far = wire.serverOwner.requested.getLast();
            if (!far.closed()) {
                far.accept(Map.of());
                Collector.eager(far);
                far.reset(ErrorCode.INTERNAL_ERROR);
            }
            wire.settle();
            return;
        }
        Tunnel tunnel = wire.tunnel();
        Collector.eager(tunnel.near());
        Collector.eager(tunnel.far());
        List<TunnelStream> ends = List.of(tunnel.near(), tunnel.far());
        int steps = random.nextInt(6);
        for (int step = 0; step < steps; step++) {
            TunnelStream end = ends.get(random.nextInt(2));
            if (end.closed()) {
                break;
            }
            switch (random.nextInt(4)) {
                case 0 -> end.send(wire.payload(new byte[random.nextInt(40_000)]));
                case 1 -> end.sendInPlace(wire.payload(new byte[random.nextInt(100)]));
                case 2 -> end.flush();
                default -> wire.settle();
            }
        }
        TunnelStream last = ends.get(random.nextInt(2));
        if (!last.closed()) {
            last.reset(random.nextBoolean() ? ErrorCode.CANCEL : ErrorCode.INTERNAL_ERROR);
        }
        if (random.nextBoolean()) {
            wire.settle();
        }
    }
}
