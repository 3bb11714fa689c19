package dev.ambit.hbone.bed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.hbone.HboneSettings;
import dev.ambit.hbone.relay.Relay;
import dev.ambit.hbone.relay.RelayEnd;
import dev.ambit.hbone.relay.RelayEnd.Side;
import dev.ambit.runtime.net.EventLoops;
import dev.ambit.runtime.net.Transport;
import dev.ambit.runtime.testing.TestLoops;
import io.netty.channel.ChannelFuture;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A broken connection on one side is a broken connection on the other, through tunnels and plain
 * relays.
 */
final class ResetTest {
    static List<Transport> transports() {
        return TestLoops.transports();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("transports")
    void theClientsResetReachesTheApplication(Transport transport) throws Exception {
        try (TunnelBed bed = new TunnelBed(transport, 1, HboneSettings.defaults());
                ServerSocket app = listen();
                Socket client = connect(bed.front(address(app)));
                Socket served = greeted(client, app)) {
            reset(client);
            assertReset(served);
            assertThat(take(bed.ends)).isEqualTo(new RelayEnd.Reset(Side.SECOND));
            assertThat(take(bed.ends)).isEqualTo(new RelayEnd.Reset(Side.FIRST));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("transports")
    void theApplicationsResetReachesTheClient(Transport transport) throws Exception {
        try (TunnelBed bed = new TunnelBed(transport, 1, HboneSettings.defaults());
                ServerSocket app = listen();
                Socket client = connect(bed.front(address(app)));
                Socket served = greeted(client, app)) {
            reset(served);
            assertReset(client);
            assertThat(take(bed.ends)).isEqualTo(new RelayEnd.Reset(Side.SECOND));
            assertThat(take(bed.ends)).isEqualTo(new RelayEnd.Reset(Side.FIRST));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("transports")
    void aDyingConnectionBreaksItsTunnels(Transport transport) throws Exception {
        try (TunnelBed bed = new TunnelBed(transport, 1, HboneSettings.defaults());
                ServerSocket app = listen();
                Socket client = connect(bed.front(address(app)));
                Socket served = greeted(client, app)) {
            bed.server.close();
            assertReset(client);
            assertReset(served);
            assertThat(take(bed.ends)).isInstanceOf(RelayEnd.Failed.class);
            assertThat(take(bed.ends)).isInstanceOf(RelayEnd.Failed.class);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("transports")
    void aPlainRelayCarriesHalvesResetsAndClosesWithReason(Transport transport) throws Exception {
        LinkedBlockingQueue<RelayEnd> ends = new LinkedBlockingQueue<>();
        LinkedBlockingQueue<Relay> relays = new LinkedBlockingQueue<>();
        try (EventLoops loops = TestLoops.start(transport, 1);
                ServerSocket app = listen()) {
            InetSocketAddress front = plain(loops, address(app), ends, relays);

            try (Socket client = connect(front);
                    Socket served = greeted(client, app)) {
                client.shutdownOutput();
                assertThat(served.getInputStream().read()).isEqualTo(-1);
                served.getOutputStream().write(new byte[300_000]);
                served.shutdownOutput();
                assertThat(client.getInputStream().readAllBytes()).hasSize(300_000);
                assertThat(take(ends)).isEqualTo(new RelayEnd.Complete());
                Relay relay = relays.remove();
                assertThat(relay.firstToSecond()).isEqualTo(1);
                assertThat(relay.secondToFirst()).isEqualTo(300_001);
            }
            try (Socket client = connect(front);
                    Socket served = greeted(client, app)) {
                reset(served);
                assertReset(client);
                assertThat(take(ends)).isEqualTo(new RelayEnd.Reset(Side.SECOND));
                relays.remove();
            }
            try (Socket client = connect(front);
                    Socket served = greeted(client, app)) {
                Relay relay = relays.remove();
                relay.close("connection closed due to policy change");
                relay.close("later calls do nothing");
                assertReset(client);
                assertReset(served);
                assertThat(take(ends))
                        .isEqualTo(new RelayEnd.Closed("connection closed due to policy change"));
                assertThat(ends).isEmpty();
            }
        }
    }

    private static InetSocketAddress plain(
            EventLoops loops,
            InetSocketAddress to,
            LinkedBlockingQueue<RelayEnd> ends,
            LinkedBlockingQueue<Relay> relays) {
        Transport transport = loops.transport();
        return Sockets.address(
                Sockets.listen(
                        transport,
                        loops.nextData(),
                        loops.nextData(),
                        Sockets.prepared(
                                first ->
                                        Sockets.connect(
                                                        transport,
                                                        first.eventLoop(),
                                                        to,
                                                        Sockets.prepared(c -> {}))
                                                .addListener(
                                                        (ChannelFuture connected) ->
                                                                relays.add(
                                                                        Relay.sockets(
                                                                                (DuplexChannel)
                                                                                        first,
                                                                                (DuplexChannel)
                                                                                        connected
                                                                                                .channel(),
                                                                                (relay, end) ->
                                                                                        ends.add(
                                                                                                end)))))));
    }

    /** One byte each way, so that everything is connected. */
    private static Socket greeted(Socket client, ServerSocket app) throws IOException {
        client.getOutputStream().write(1);
        Socket served = app.accept();
        served.setSoTimeout(20_000);
        assertThat(served.getInputStream().read()).isEqualTo(1);
        served.getOutputStream().write(2);
        assertThat(client.getInputStream().read()).isEqualTo(2);
        return served;
    }

    private static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    private static void assertReset(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        assertThatThrownBy(in::read)
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
    }

    private static RelayEnd take(LinkedBlockingQueue<RelayEnd> ends) throws InterruptedException {
        RelayEnd end = ends.poll(20, TimeUnit.SECONDS);
        assertThat(end).isNotNull();
        return end;
    }

    private static ServerSocket listen() throws IOException {
        return new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    }

    private static InetSocketAddress address(ServerSocket app) {
        return (InetSocketAddress) app.getLocalSocketAddress();
    }

    private static Socket connect(InetSocketAddress to) throws IOException {
        Socket socket = new Socket(to.getAddress(), to.getPort());
        socket.setSoTimeout(20_000);
        return socket;
    }
}
