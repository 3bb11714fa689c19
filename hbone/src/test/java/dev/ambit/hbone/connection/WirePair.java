package dev.ambit.hbone.connection;

import dev.ambit.hbone.ConnectRequest;
import dev.ambit.hbone.ConnectTarget;
import dev.ambit.hbone.HboneCounters;
import dev.ambit.hbone.HboneSettings;
import dev.ambit.hbone.Limit;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A client's and a server's connection without TLS, joined by a wire that cuts bytes anywhere. */
final class WirePair implements AutoCloseable {
    /** What one side told its owner. */
    static class Owner implements ConnectionEvents {
        final List<TunnelStream> requested = new ArrayList<>();
        final List<String> events = new ArrayList<>();
        @Nullable ConnectionEnd end;

        @Override
        public StreamEvents requested(
                TunnelStream stream, ConnectRequest request, ConnectTarget target) {
            requested.add(stream);
            return (broken, why) -> events.add("gone " + broken.id() + " " + why.errorCode());
        }

        @Override
        public void refused(int status, String reason) {
            events.add("refused " + status);
        }

        @Override
        public void limitReached(Limit limit) {
            events.add("limit " + limit.label());
        }

        @Override
        public void closed(ConnectionEnd how) {
            if (end != null) {
                throw new AssertionError("closed twice: " + end + ", " + how);
            }
            end = how;
        }
    }

    /** What a client stream's opener heard. */
    static final class Opening implements StreamEvents {
        int status;
        @Nullable Break why;

        @Override
        public void answered(TunnelStream stream, int code, Map<String, String> headers) {
            status = code;
        }

        @Override
        public void broken(TunnelStream stream, Break reason) {
            why = reason;
        }
    }

    final UnpooledByteBufAllocator alloc = new UnpooledByteBufAllocator(true);
    final Owner clientOwner = new Owner();
    final Owner serverOwner = new Owner();
    final HboneCounters counters = new HboneCounters();
    final HboneConnection client;
    final HboneConnection server;
    final EmbeddedChannel clientChannel;
    final EmbeddedChannel serverChannel;
    private final Random cuts;

    WirePair(HboneSettings settings, long seed) {
        this(settings, settings, seed);
    }

    WirePair(HboneSettings clientSettings, HboneSettings serverSettings, long seed) {
        cuts = new Random(seed);
        client = new HboneConnection(Role.CLIENT, clientSettings, counters, clientOwner);
        server = new HboneConnection(Role.SERVER, serverSettings, counters, serverOwner);
        clientChannel = channel(client);
        serverChannel = channel(server);
    }

    private EmbeddedChannel channel(HboneConnection connection) {
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.config().setAllocator(alloc);
        channel.freezeTime();
        channel.pipeline().addLast(connection);
        return channel;
    }

    /** Carries bytes until both sides are quiet. */
    void settle() {
        boolean moved = true;
        while (moved) {
            boolean there = carry(clientChannel, serverChannel);
            boolean back = carry(serverChannel, clientChannel);
            moved = there || back;
        }
    }

    private boolean carry(EmbeddedChannel from, EmbeddedChannel to) {
        from.runPendingTasks();
        boolean moved = false;
        ByteBuf out;
        while ((out = from.readOutbound()) != null) {
            moved = true;
            deliver(out, to);
        }
        to.runPendingTasks();
        return moved;
    }

    private void deliver(ByteBuf out, EmbeddedChannel to) {
        while (out.isReadable()) {
            int n =
                    cuts.nextInt(3) == 0
                            ? out.readableBytes()
                            : 1 + cuts.nextInt(out.readableBytes());
            ByteBuf piece = alloc.directBuffer(n).writeBytes(out, n);
            if (to.isOpen()) {
                to.writeInbound(piece);
            } else {
                piece.release();
            }
        }
        out.release();
    }

    /** Opens a tunnel and accepts it. */
    Tunnel tunnel() {
        Opening opening = new Opening();
        TunnelStream near = client.open(ConnectRequest.to("10.0.0.1:80"), opening);
        settle();
        TunnelStream far = serverOwner.requested.getLast();
        far.accept(Map.of());
        settle();
        if (opening.status != 200) {
            throw new AssertionError("status " + opening.status);
        }
        return new Tunnel(near, far);
    }

    /** Both ends of one. */
    record Tunnel(TunnelStream near, TunnelStream far) {}

    /** A buffer with headroom, as a prepared socket reads it. */
    ByteBuf payload(byte[] bytes) {
        ByteBuf buffer = alloc.directBuffer(9 + bytes.length);
        return buffer.setIndex(9, 9).writeBytes(bytes);
    }

    /** Bytes of memory still held. */
    long held() {
        return alloc.metric().usedDirectMemory() + alloc.metric().usedHeapMemory();
    }

    @Override
    public void close() {
        settle();
        clientChannel.finishAndReleaseAll();
        serverChannel.finishAndReleaseAll();
    }
}
