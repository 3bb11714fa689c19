package dev.ambit.hbone.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.hbone.ErrorCode;
import dev.ambit.hbone.HboneStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class TunnelChannelTest {
    private final FakeStream stream = new FakeStream();
    private final List<String> events = new ArrayList<>();

    /** A stream that writes down what it is told. */
    private static final class FakeStream implements HboneStream {
        private final EmbeddedChannel carrier = new EmbeddedChannel();
        private final List<String> calls = new ArrayList<>();
        private boolean writable = true;
        private int credit;
        private HboneStream.@Nullable Receiver receiver;

        Receiver to() {
            if (receiver == null) {
                throw new AssertionError("no receiver");
            }
            return receiver;
        }

        void run() {
            carrier.runPendingTasks();
        }

        @Override
        public EventLoop loop() {
            return carrier.eventLoop();
        }

        @Override
        public void receiver(Receiver next) {
            receiver = next;
        }

        @Override
        public void send(ByteBuf payload) {
            calls.add("send " + ByteBufUtil.hexDump(payload));
            payload.release();
        }

        @Override
        public void sendInPlace(ByteBuf payload) {
            throw new AssertionError("bytes of a pipeline have no headroom");
        }

        @Override
        public boolean writable() {
            return writable;
        }

        @Override
        public void flush() {
            calls.add("flush");
        }

        @Override
        public void end() {
            calls.add("end");
        }

        @Override
        public void reset(long errorCode) {
            calls.add("reset " + ErrorCode.name(errorCode));
        }

        @Override
        public void credit(int bytes) {
            credit += bytes;
        }
    }

    private TunnelChannel channel(boolean autoRead, boolean halfClosure) {
        TunnelChannel channel =
                new TunnelChannel(stream, new InetSocketAddress("10.0.0.1", 1), null);
        channel.config().setAutoRead(autoRead);
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, halfClosure);
        channel.pipeline()
                .addLast(
                        new ChannelInboundHandlerAdapter() {
                            @Override
                            public void channelRead(ChannelHandlerContext ctx, Object message) {
                                events.add("read " + ByteBufUtil.hexDump((ByteBuf) message));
                                ((ByteBuf) message).release();
                            }

                            @Override
                            public void channelReadComplete(ChannelHandlerContext ctx) {
                                events.add("complete");
                            }

                            @Override
                            public void userEventTriggered(
                                    ChannelHandlerContext ctx, Object event) {
                                if (event instanceof ChannelInputShutdownEvent) {
                                    events.add("input shut down");
                                }
                            }

                            @Override
                            public void exceptionCaught(
                                    ChannelHandlerContext ctx, Throwable cause) {
                                events.add("exception " + cause.getMessage());
                            }

                            @Override
                            public void channelInactive(ChannelHandlerContext ctx) {
                                events.add("inactive");
                            }
                        });
        ChannelFuture registered = stream.loop().register(channel);
        stream.run();
        assertThat(registered.isSuccess()).isTrue();
        return channel;
    }

    private static ByteBuf bytes(int... values) {
        ByteBuf buffer = Unpooled.directBuffer();
        for (int value : values) {
            buffer.writeByte(value);
        }
        return buffer;
    }

    @Test
    void readsAndGivesCredit() {
        TunnelChannel channel = channel(true, false);
        assertThat(channel.isActive()).isTrue();
        assertThat(channel.localAddress()).isEqualTo(new InetSocketAddress("10.0.0.1", 1));
        stream.to().data(bytes(1, 2));
        stream.to().data(bytes(3));
        stream.to().readComplete();
        assertThat(events).containsExactly("read 0102", "read 03", "complete");
        assertThat(stream.credit).isEqualTo(3);
    }

    @Test
    void withoutReadingThereIsNoCredit() {
        TunnelChannel channel = channel(false, false);
        stream.to().data(bytes(1, 2));
        stream.to().readComplete();
        stream.to().data(bytes(3));
        stream.to().readComplete();
        stream.to().end();
        assertThat(events).isEmpty();
        assertThat(stream.credit).isZero();
        channel.read();
        stream.run();
        assertThat(events).containsExactly("read 010203", "complete");
        assertThat(stream.credit).isEqualTo(3);
        assertThat(channel.isOpen()).isTrue();
        channel.read();
        stream.run();
        assertThat(events).endsWith("inactive");
    }

    @Test
    void writesOnceForEachFlushAndWaitsWhileTheTunnelIsFull() {
        TunnelChannel channel = channel(true, false);
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(10, 20));
        channel.write(bytes(1));
        channel.writeAndFlush(bytes(2));
        assertThat(stream.calls).containsExactly("send 01", "send 02", "flush");
        stream.calls.clear();
        stream.writable = false;
        ChannelFuture write = channel.writeAndFlush(bytes(3));
        assertThat(stream.calls).isEmpty();
        assertThat(channel.isWritable()).isFalse();
        assertThat(write.isDone()).isFalse();
        stream.writable = true;
        stream.to().writableChanged(true);
        assertThat(stream.calls).containsExactly("send 03", "flush");
        assertThat(channel.isWritable()).isTrue();
        assertThat(write.isSuccess()).isTrue();
    }

    @Test
    void thePeersEndClosesOrShutsTheInputDown() {
        TunnelChannel closing = channel(true, false);
        stream.to().end();
        stream.run();
        assertThat(events).containsExactly("inactive");
        assertThat(closing.isOpen()).isFalse();
        assertThat(stream.calls).containsExactly("end");

        events.clear();
        stream.calls.clear();
        TunnelChannel half = channel(true, true);
        stream.to().end();
        assertThat(events).containsExactly("input shut down");
        assertThat(half.isInputShutdown()).isTrue();
        half.shutdownOutput();
        stream.to().closed(null);
        stream.run();
        assertThat(stream.calls).containsExactly("end", "end");
        assertThat(half.isOpen()).isFalse();
    }

    @Test
    void resetsAndBrokenConnectionsAreExceptions() {
        TunnelChannel reset = channel(true, true);
        stream.to().reset(ErrorCode.INTERNAL_ERROR);
        stream.to().closed(null);
        stream.run();
        assertThat(events)
                .containsExactly("exception Connection reset by peer: INTERNAL_ERROR", "inactive");
        assertThat(reset.isOpen()).isFalse();

        events.clear();
        channel(true, true);
        stream.to().closed(new IOException("connection lost"));
        stream.run();
        assertThat(events).containsExactly("exception connection lost", "inactive");
    }

    @Test
    void closingEndsTheTunnelOrBreaksItWithLinger() {
        channel(true, false).close();
        assertThat(stream.calls).containsExactly("end");
        stream.calls.clear();
        stream.to().data(bytes(1));
        assertThat(stream.calls).containsExactly("reset CANCEL");
        stream.calls.clear();

        TunnelChannel lingering = channel(true, false);
        lingering.config().setOption(ChannelOption.SO_LINGER, 0);
        lingering.close();
        assertThat(stream.calls).containsExactly("reset INTERNAL_ERROR");
    }
}
