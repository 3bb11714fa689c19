package dev.ambit.ztunnel.dns;

import dev.ambit.runtime.log.Log;
import dev.ambit.ztunnel.dns.DnsMetrics.Refusal;
import dev.ambit.ztunnel.socket.PodSockets;
import dev.ambit.ztunnel.socket.Sockets;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks name servers from inside the pod, one after the other until one answers (reliability M41).
 * Each question has a socket, and so a port, and a number of its own, both random: an answer from
 * elsewhere cannot guess them. Confined to its loop.
 */
final class Forwarder {

    private static final Log LOG = Log.get("dns");

    /** Answers that are none; who sends more is a flood, not a server. */
    private static final int MAX_STRAYS = 16;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final EventLoop loop;
    private final PodSockets sockets;
    private final Supplier<List<InetSocketAddress>> servers;
    private final long timeoutMillis;
    private final DnsMetrics metrics;

    /** The server that answered last is asked first. */
    private int preferred;

    Forwarder(
            EventLoop loop,
            PodSockets sockets,
            Supplier<List<InetSocketAddress>> servers,
            long timeoutMillis,
            DnsMetrics metrics) {
        this.loop = loop;
        this.sockets = sockets;
        this.servers = servers;
        this.timeoutMillis = timeoutMillis;
        this.metrics = metrics;
    }

    /**
     * Hands over an answer; null if no server gave one. If all refuse, the last refusal is the
     * answer.
     */
    void forward(DnsQuery query, Consumer<@Nullable UpstreamAnswer> then) {
        new Exchange(query, servers.get(), then).next();
    }

    /** One question on its way round the servers. */
    private final class Exchange {
        private final DnsQuery query;
        private final List<InetSocketAddress> candidates;
        private final Consumer<@Nullable UpstreamAnswer> then;
        private final int first = preferred;
        private int tried;
        private @Nullable UpstreamAnswer refusal;

        Exchange(
                DnsQuery query,
                List<InetSocketAddress> candidates,
                Consumer<@Nullable UpstreamAnswer> then) {
            this.query = query;
            this.candidates = candidates;
            this.then = then;
        }

        void next() {
            if (tried == candidates.size()) {
                then.accept(refusal);
                return;
            }
            new Attempt(this, candidates.get(index())).byUdp();
        }

        private int index() {
            return Math.floorMod(first + tried, candidates.size());
        }

        void answered(UpstreamAnswer answer) {
            if (answer.isRefusal()) {
                refusal = answer;
                tried++;
                next();
                return;
            }
            preferred = index();
            then.accept(answer);
        }

        void failed(InetSocketAddress server, String reason) {
            LOG.debug("name server failed", "server", server, "error", reason);
            tried++;
            next();
        }
    }

    /** One server asked once, by TCP too if its datagram was too short. */
    private final class Attempt {
        private final Exchange exchange;
        private final InetSocketAddress server;
        private final int id = RANDOM.nextInt(1 << 16);
        private int strays;
        private boolean over;
        private @Nullable Channel channel;
        private @Nullable ScheduledFuture<?> timeout;

        Attempt(Exchange exchange, InetSocketAddress server) {
            this.exchange = exchange;
            this.server = server;
        }

        void byUdp() {
            begin(
                    () ->
                            sockets.connectDatagram(
                                    loop,
                                    server,
                                    DnsQuery.MAX_UDP,
                                    socket -> socket.pipeline().addLast(new Datagrams())),
                    this::question);
        }

        private void byTcp() {
            end();
            over = false;
            begin(
                    () ->
                            sockets.connect(
                                    loop,
                                    server,
                                    null,
                                    socket ->
                                            socket.pipeline()
                                                    .addLast(
                                                            new LengthFieldBasedFrameDecoder(
                                                                    65_537, 0, 2, 0, 2))
                                                    .addLast(new Frames())),
                    () -> {
                        byte[] question = question();
                        byte[] framed = new byte[question.length + 2];
                        Reply.put(framed, 0, question.length);
                        System.arraycopy(question, 0, framed, 2, question.length);
                        return framed;
                    });
        }

        private void begin(Supplier<ChannelFuture> connect, Supplier<byte[]> message) {
            timeout =
                    loop.schedule(
                            () -> fail("no answer in " + timeoutMillis + " ms"),
                            timeoutMillis,
                            TimeUnit.MILLISECONDS);
            ChannelFuture connecting;
            try {
                connecting = connect.get();
            } catch (RuntimeException noSocket) {
                fail(noSocket.toString());
                return;
            }
            Channel made = connecting.channel();
            channel = made;
            connecting.addListener(
                    done -> {
                        if (!done.isSuccess()) {
                            if (made.equals(channel)) {
                                fail(String.valueOf(done.cause()));
                            }
                        } else if (made.equals(channel)) {
                            made.writeAndFlush(Unpooled.wrappedBuffer(message.get()));
                        } else {
                            made.close();
                        }
                    });
        }

        /** As the client asked, under our number, for no larger datagrams than we take. */
        private byte[] question() {
            DnsQuery query = exchange.query;
            byte[] message = query.message().clone();
            Reply.put(message, 0, id);
            DnsQuery.Edns edns = query.edns();
            if (edns != null) {
                Reply.put(message, edns.offset(), query.maxDatagram());
            }
            return message;
        }

        private void take(Channel from, byte[] message, boolean datagram) {
            if (over || !from.equals(channel)) {
                return;
            }
            UpstreamAnswer answer;
            try {
                answer = UpstreamAnswer.parse(message, exchange.query, id);
            } catch (MalformedMessage malformed) {
                metrics.refused(Refusal.BAD_UPSTREAM_ANSWER);
                LOG.debug("answer ignored", "server", server, "error", malformed.getMessage());
                // The true answer may still be on its way; on a stream nothing better can follow.
                if (!datagram || ++strays > MAX_STRAYS) {
                    fail(String.valueOf(malformed.getMessage()));
                }
                return;
            }
            if (answer.isTruncated()) {
                if (datagram) {
                    byTcp();
                } else {
                    fail("truncated on TCP");
                }
                return;
            }
            end();
            exchange.answered(answer);
        }

        private void fail(String reason) {
            if (!over) {
                end();
                exchange.failed(server, reason);
            }
        }

        private void end() {
            over = true;
            Channel open = channel;
            channel = null;
            if (timeout != null) {
                timeout.cancel(false);
            }
            if (open != null) {
                Sockets.close(open);
            }
        }

        /** Answers by UDP; the socket is connected, so they come from the server asked. */
        private final class Datagrams extends SimpleChannelInboundHandler<DatagramPacket> {
            @Override
            protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
                take(ctx.channel(), ByteBufUtil.getBytes(packet.content()), true);
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                if (ctx.channel().equals(channel)) {
                    fail(cause.toString());
                }
            }
        }

        /** Answers by TCP. */
        private final class Frames extends SimpleChannelInboundHandler<ByteBuf> {
            @Override
            protected void channelRead0(ChannelHandlerContext ctx, ByteBuf frame) {
                take(ctx.channel(), ByteBufUtil.getBytes(frame), false);
            }

            @Override
            public void channelInactive(ChannelHandlerContext ctx) {
                if (ctx.channel().equals(channel)) {
                    fail("closed without an answer");
                }
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                if (ctx.channel().equals(channel)) {
                    fail(cause.toString());
                }
            }
        }
    }
}
