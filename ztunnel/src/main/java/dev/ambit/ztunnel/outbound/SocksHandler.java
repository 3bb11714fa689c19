package dev.ambit.ztunnel.outbound;

import dev.ambit.api.IpAddress;
import dev.ambit.runtime.log.Log;
import dev.ambit.ztunnel.outbound.SocksGreeting.Status;
import dev.ambit.ztunnel.outbound.SocksGreeting.Step;
import dev.ambit.ztunnel.socket.HostResolver;
import dev.ambit.ztunnel.socket.Sockets;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Understands a SOCKS5 client and then goes the way of every other connection, to where the client
 * said (ambient.md 1.22). As upstream's, it says yes before it connects. Confined to its loop.
 */
final class SocksHandler extends ChannelInboundHandlerAdapter {

    private static final Log LOG = Log.get("proxy::socks5");

    /** For the whole greeting: who opens connections and says nothing holds descriptors. */
    private static final long PATIENCE_SECONDS = 5;

    /** Takes over the socket; reading is off. */
    interface Next {
        void connect(SocketChannel client, InetSocketAddress target);
    }

    private final HostResolver resolver;
    private final Next next;
    private byte[] heard = new byte[0];
    private boolean greeted;
    private boolean over;
    private @Nullable ScheduledFuture<?> timeout;

    SocksHandler(HostResolver resolver, Next next) {
        this.resolver = resolver;
        this.next = next;
    }

    /** Begins with a registered connection whose reading is off. */
    void begin(SocketChannel client) {
        client.pipeline().addFirst(this);
        timeout =
                client.eventLoop()
                        .schedule(
                                () -> give(client, null, "nothing said in time"),
                                PATIENCE_SECONDS,
                                TimeUnit.SECONDS);
        client.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            byte[] more = ByteBufUtil.getBytes(bytes);
            int before = heard.length;
            heard = Arrays.copyOf(heard, before + more.length);
            System.arraycopy(more, 0, heard, before, more.length);
        } finally {
            bytes.release();
        }
        if (!over) {
            advance(ctx);
        }
    }

    private void advance(ChannelHandlerContext ctx) {
        Step step = greeted ? SocksGreeting.request(heard) : SocksGreeting.methods(heard);
        switch (step) {
            case Step.More more -> {
                if (heard.length > SocksGreeting.MAX_BYTES) {
                    give(ctx.channel(), null, "greeting too long");
                } else {
                    ctx.read();
                }
            }
            case Step.Methods methods -> methods(ctx, methods);
            case Step.Connect connect -> connect(ctx, connect);
            case Step.Bad bad -> give(ctx.channel(), bad.status(), bad.reason());
        }
    }

    private void methods(ChannelHandlerContext ctx, Step.Methods methods) {
        int answer =
                methods.open()
                        ? SocksGreeting.NO_AUTHENTICATION
                        : SocksGreeting.NO_ACCEPTABLE_METHOD;
        ByteBuf chosen = Unpooled.wrappedBuffer(new byte[] {SocksGreeting.VERSION, (byte) answer});
        if (!methods.open()) {
            end();
            LOG.warn("client refused", "error", "only authenticated (expected: method 0)");
            ctx.writeAndFlush(chosen).addListener(ChannelFutureListener.CLOSE);
            return;
        }
        greeted = true;
        heard = Arrays.copyOfRange(heard, methods.length(), heard.length);
        ctx.writeAndFlush(chosen);
        advance(ctx);
    }

    private void connect(ChannelHandlerContext ctx, Step.Connect connect) {
        SocketChannel client = (SocketChannel) ctx.channel();
        if (heard.length > connect.length()) {
            // They would belong to whom we connect to, before it was said that we will.
            give(client, null, "bytes before the answer");
            return;
        }
        end();
        IpAddress address = connect.address();
        if (address != null) {
            succeed(ctx, client, address, connect.port());
            return;
        }
        String hostname = String.valueOf(connect.hostname());
        resolver.resolve(
                hostname,
                client.eventLoop(),
                found -> {
                    if (found == null) {
                        give(client, Status.HOST_UNREACHABLE, "no address: " + hostname);
                    } else {
                        succeed(ctx, client, found, connect.port());
                    }
                });
    }

    private void succeed(
            ChannelHandlerContext ctx, SocketChannel client, IpAddress address, int port) {
        if (!client.isActive()) {
            return;
        }
        ctx.writeAndFlush(Unpooled.wrappedBuffer(Status.SUCCEEDED.reply()))
                .addListener(
                        done -> {
                            if (done.isSuccess()) {
                                ctx.pipeline().remove(this);
                                next.connect(
                                        client,
                                        new InetSocketAddress(address.toInetAddress(), port));
                            } else {
                                Sockets.reset(client);
                            }
                        });
    }

    private void give(Channel client, @Nullable Status status, String reason) {
        end();
        LOG.warn("client refused", "client", client.remoteAddress(), "error", reason);
        if (status == null) {
            Sockets.reset(client);
        } else {
            client.writeAndFlush(Unpooled.wrappedBuffer(status.reply()))
                    .addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void end() {
        over = true;
        if (timeout != null) {
            timeout.cancel(false);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        end();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        end();
        Sockets.reset(ctx.channel());
    }
}
