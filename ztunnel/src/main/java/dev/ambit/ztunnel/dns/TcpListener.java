package dev.ambit.ztunnel.dns;

import dev.ambit.ztunnel.dns.DnsMetrics.Refusal;
import dev.ambit.ztunnel.socket.Sockets;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Questions by TCP: a few at a time on each connection, each behind its length. */
final class TcpListener {

    /** More are read when some have been answered. */
    private static final int PIPELINED = 32;

    private final DnsService service;
    private final DnsConfig.Limits limits;
    private final DnsMetrics metrics;
    private final Set<SocketChannel> open = new HashSet<>();

    TcpListener(DnsService service, DnsConfig.Limits limits, DnsMetrics metrics) {
        this.service = service;
        this.limits = limits;
        this.metrics = metrics;
    }

    /** A registered connection, on the loop. */
    void accepted(SocketChannel client) {
        if (open.size() >= limits.tcpConnections()) {
            metrics.refused(Refusal.LIMIT);
            Sockets.reset(client);
            return;
        }
        open.add(client);
        client.closeFuture().addListener(closed -> open.remove(client));
        client.pipeline()
                .addLast(
                        new IdleStateHandler(
                                0, 0, limits.tcpIdle().toMillis(), TimeUnit.MILLISECONDS))
                .addLast(new LengthFieldBasedFrameDecoder(65_537, 0, 2, 0, 2))
                .addLast(new Connection());
        client.config().setAutoRead(true);
    }

    /** One was lost before it began. */
    void notAccepted() {
        metrics.refused(Refusal.ACCEPT_FAILED);
    }

    void closeAll() {
        Set.copyOf(open).forEach(Sockets::close);
    }

    /** One connection. */
    private final class Connection extends SimpleChannelInboundHandler<ByteBuf> {
        private int waiting;

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, ByteBuf frame) {
            waiting++;
            if (waiting >= PIPELINED) {
                ctx.channel().config().setAutoRead(false);
            }
            service.handle(
                    ByteBufUtil.getBytes(frame),
                    "tcp",
                    answer -> {
                        waiting--;
                        if (answer == null) {
                            ctx.close();
                            return;
                        }
                        byte[] length = new byte[2];
                        Reply.put(length, 0, answer.length);
                        ctx.writeAndFlush(Unpooled.wrappedBuffer(length, answer));
                        if (ctx.channel().isActive()) {
                            ctx.channel().config().setAutoRead(true);
                        }
                    });
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof IdleStateEvent && waiting == 0) {
                ctx.close();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
