package dev.ambit.runtime.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.runtime.testing.Rooted;
import dev.ambit.runtime.testing.TestLoops;
import dev.ambit.runtime.testing.TestNetns;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Sockets of a pod: made inside its namespace, marked, redirected by iptables, on every transport
 * that can do it.
 */
@Timeout(60)
final class OriginalDestinationTest {

    private static final int CAPTURE_PORT = 15001;

    static List<Transport> transports() {
        Rooted.orSkip();
        return TestLoops.transports().stream().filter(t -> !(t instanceof Nio)).toList();
    }

    /** What the redirected side saw. */
    private record Seen(@Nullable InetSocketAddress original, InetSocketAddress remote) {}

    private static Seen connect(
            Transport transport, TestNetns pod, String bind, String source, String to)
            throws Exception {
        try (EventLoops loops = TestLoops.start(transport, 1)) {
            CompletableFuture<Seen> seen = new CompletableFuture<>();
            Channel listener =
                    new ServerBootstrap()
                            .group(loops.control(), loops.nextData())
                            .channelFactory(
                                    () ->
                                            pod.netns()
                                                    .call(
                                                            () -> {
                                                                var s = transport.newServerSocket();
                                                                transport.setMark(s, 1337);
                                                                transport.setReusePort(s);
                                                                transport.setTransparent(s);
                                                                return s;
                                                            }))
                            .childHandler(new Witness(transport, seen))
                            .bind(InetAddress.getByName(bind), CAPTURE_PORT)
                            .sync()
                            .channel();
            Channel client =
                    new Bootstrap()
                            .group(loops.nextData())
                            .channelFactory(
                                    () ->
                                            pod.netns()
                                                    .call(
                                                            () -> {
                                                                var s = transport.newSocket();
                                                                transport.setFreebind(s);
                                                                return s;
                                                            }))
                            .handler(new ChannelInboundHandlerAdapter())
                            .connect(
                                    new InetSocketAddress(InetAddress.getByName(to), 8080),
                                    new InetSocketAddress(InetAddress.getByName(source), 0))
                            .sync()
                            .channel();
            Seen result = seen.get(20, TimeUnit.SECONDS);
            client.close().sync();
            listener.close().sync();
            return result;
        }
    }

    private static final class Witness extends ChannelInitializer<Channel> {
        private final Transport transport;
        private final CompletableFuture<Seen> seen;

        private Witness(Transport transport, CompletableFuture<Seen> seen) {
            this.transport = transport;
            this.seen = seen;
        }

        @Override
        protected void initChannel(Channel channel) {
            channel.pipeline()
                    .addLast(
                            new ChannelInboundHandlerAdapter() {
                                @Override
                                public void channelActive(ChannelHandlerContext ctx) {
                                    seen.complete(
                                            new Seen(
                                                    transport.originalDestination(ctx.channel()),
                                                    (InetSocketAddress)
                                                            ctx.channel().remoteAddress()));
                                }
                            });
        }
    }

    private static void redirect(TestNetns pod, String iptables) {
        pod.exec(
                iptables,
                "-w",
                "-t",
                "nat",
                "-A",
                "OUTPUT",
                "-p",
                "tcp",
                "--dport",
                "8080",
                "-j",
                "REDIRECT",
                "--to-ports",
                String.valueOf(CAPTURE_PORT));
    }

    @ParameterizedTest
    @MethodSource("transports")
    void knowsWhereAVersionFourConnectionMeantToGo(Transport transport) throws Exception {
        try (TestNetns pod = TestNetns.create()) {
            pod.exec("ip", "addr", "add", "10.9.9.1/32", "dev", "lo");
            pod.exec("ip", "route", "add", "10.9.9.0/24", "dev", "lo", "src", "10.9.9.1");
            redirect(pod, "iptables");
            for (String bind : List.of("0.0.0.0", "::")) {
                Seen seen = connect(transport, pod, bind, "10.9.9.1", "10.9.9.9");
                assertThat(seen.original())
                        .as("%s bound to %s", transport.name(), bind)
                        .isEqualTo(new InetSocketAddress("10.9.9.9", 8080));
                assertThat(seen.remote().getAddress()).isEqualTo(InetAddress.getByName("10.9.9.1"));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void knowsWhereAVersionSixConnectionMeantToGo(Transport transport) throws Exception {
        try (TestNetns pod = TestNetns.create()) {
            pod.exec("ip", "-6", "addr", "add", "fd00:9::1/128", "dev", "lo");
            pod.exec("ip", "-6", "route", "add", "fd00:9::/64", "dev", "lo", "src", "fd00:9::1");
            redirect(pod, "ip6tables");
            Seen seen = connect(transport, pod, "::", "fd00:9::1", "fd00:9::9");
            assertThat(seen.original()).isEqualTo(new InetSocketAddress("fd00:9::9", 8080));
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void knowsNoneWhereNothingIsRedirectedOrTracked(Transport transport) throws Exception {
        try (TestNetns pod = TestNetns.create();
                EventLoops loops = TestLoops.start(transport, 1)) {
            Channel udp = pod.netns().call(transport::newDatagram);
            loops.nextData().register(udp).sync();
            assertThat(transport.originalDestination(udp)).isNull();
            udp.close().sync();
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void setsTheOptionsOfAPodsSockets(Transport transport) throws Exception {
        try (TestNetns pod = TestNetns.create();
                EventLoops loops = TestLoops.start(transport, 1)) {
            Channel s = pod.netns().call(transport::newSocket);
            transport.setMark(s, 1337);
            transport.setKeepalive(s, Keepalive.DEFAULT);
            transport.setUserTimeout(s, Duration.ofSeconds(30));
            transport.setTransparent(s);
            transport.setFreebind(s);
            transport.setReusePort(s);
            assertThat(option(s, 1, 36)).isEqualTo(1337);
            assertThat(option(s, 6, 4)).isEqualTo(180);
            assertThat(option(s, 6, 5)).isEqualTo(180);
            assertThat(option(s, 6, 6)).isEqualTo(9);
            assertThat(option(s, 6, 18)).isEqualTo(30_000);
            assertThat(option(s, 0, 19)).isEqualTo(1);
            assertThat(option(s, 0, 15)).isEqualTo(1);
            assertThat(option(s, 1, 15)).isEqualTo(1);
            loops.nextData().register(s).sync();
            s.close().sync();
        }
    }

    private static int option(Channel channel, int level, int number) {
        return channel.config().getOption(new IntegerUnixChannelOption("x", level, number));
    }
}
