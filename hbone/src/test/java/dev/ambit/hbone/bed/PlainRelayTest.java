package dev.ambit.hbone.bed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.hbone.relay.Relay;
import dev.ambit.hbone.relay.RelayEnd;
import dev.ambit.runtime.net.Transport;
import dev.ambit.runtime.testing.TestLoops;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two plain sockets coupled, below and above the size at which the kernel moves the bytes by
 * itself, on every transport of this machine (M33, M34).
 */
final class PlainRelayTest {
    private static final int BULK = 3 << 20;

    /** More than the buffers of kernels hold. */
    private static final int MORE = 8 * BULK;

    /** Blocked threads; a test that fails must not wait for them. */
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void interrupt() {
        threads.shutdownNow();
    }

    static List<Transport> transports() {
        return TestLoops.transports();
    }

    static List<Transport> splicing() {
        return transports().stream().filter(t -> !t.name().equals("nio")).toList();
    }

    private static ServerSocket listen() throws IOException {
        return new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    }

    private static Socket accept(ServerSocket app) throws IOException {
        Socket socket = app.accept();
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static InetSocketAddress address(ServerSocket app) {
        return (InetSocketAddress) app.getLocalSocketAddress();
    }

    /** Sends what a seed gives, then ends its half; returns the hash of it. */
    private static byte[] send(Socket socket, long seed, int length) {
        try {
            MessageDigest hash = MessageDigest.getInstance("SHA-256");
            Random random = new Random(seed);
            OutputStream out = socket.getOutputStream();
            int left = length;
            while (left > 0) {
                byte[] part = new byte[Math.min(left, 1 + random.nextInt(200_000))];
                random.nextBytes(part);
                hash.update(part);
                out.write(part);
                left -= part.length;
            }
            socket.shutdownOutput();
            return hash.digest();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] receive(Socket socket) {
        try {
            MessageDigest hash = MessageDigest.getInstance("SHA-256");
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[65_536];
            int n;
            while ((n = in.read(buffer)) >= 0) {
                hash.update(buffer, 0, n);
            }
            return hash.digest();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("transports")
    void losesNoByteOfManySessionsOfRandomSize(Transport transport) throws Exception {
        try (ServerSocket app = listen();
                Front front = new Front(transport, address(app))) {
            Random random = new Random(7);
            List<CompletableFuture<Void>> sessions = new ArrayList<>();
            for (int i = 0; i < 24; i++) {
                int forth = random.nextInt(i % 3 == 0 ? BULK : 100_000);
                int back = random.nextInt(i % 4 == 0 ? BULK : 100_000);
                long seed = random.nextLong();
                Socket client = front.dial();
                Socket server = accept(app);
                var sent = CompletableFuture.supplyAsync(() -> send(client, seed, forth), threads);
                var answered =
                        CompletableFuture.supplyAsync(() -> send(server, ~seed, back), threads);
                var arrived = CompletableFuture.supplyAsync(() -> receive(server), threads);
                var returned = CompletableFuture.supplyAsync(() -> receive(client), threads);
                sessions.add(
                        CompletableFuture.runAsync(
                                () -> {
                                    assertThat(arrived.join()).isEqualTo(sent.join());
                                    assertThat(returned.join()).isEqualTo(answered.join());
                                    close(client);
                                    close(server);
                                },
                                threads));
            }
            for (CompletableFuture<Void> session : sessions) {
                session.get(60, TimeUnit.SECONDS);
            }
            for (int i = 0; i < 24; i++) {
                assertThat(front.end()).isEqualTo(new RelayEnd.Complete());
            }
            Await.until("no socket counts as open", () -> front.open.get() == 0);
        }
    }

    /** Neither direction waits for the other while the relay changes hands. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("transports")
    void aPeerThatWritesEverythingBeforeItReadsIsNotHeldUp(Transport transport) throws Exception {
        try (ServerSocket app = listen();
                Front front = new Front(transport, address(app))) {
            app.setReceiveBufferSize(16_384);
            front.narrow = true;
            try (Socket client = front.dial();
                    Socket server = accept(app)) {
                var question = CompletableFuture.supplyAsync(() -> send(client, 10, MORE), threads);
                assertThat(server.getInputStream().read()).isNotNegative();
                byte[] much = new byte[MORE];
                new Random(11).nextBytes(much);
                var arrived = CompletableFuture.supplyAsync(() -> readAll(client, MORE), threads);
                CompletableFuture.runAsync(() -> write(server, much), threads)
                        .get(20, TimeUnit.SECONDS);
                assertThat(server.getInputStream().readNBytes(MORE)).hasSize(MORE - 1);
                assertThat(question.get(20, TimeUnit.SECONDS)).isNotNull();
                assertThat(arrived.get(20, TimeUnit.SECONDS)).isEqualTo(much);
            }
        }
    }

    private static void write(Socket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] readAll(Socket socket, int length) {
        try {
            return socket.getInputStream().readNBytes(length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A client that has said all it wants to say before anybody listens. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("transports")
    void passesALargeAnswerOnAfterAnEndThatCameBeforeTheRelay(Transport transport)
            throws Exception {
        try (ServerSocket app = listen();
                Front front = new Front(transport, address(app))) {
            front.endsEarly = true;
            try (Socket client = front.dial();
                    Socket server = accept(app)) {
                client.shutdownOutput();
                assertThat(server.getInputStream().read()).isEqualTo(-1);
                var answer = CompletableFuture.supplyAsync(() -> send(server, 9, MORE), threads);
                assertThat(receive(client)).isEqualTo(answer.get(20, TimeUnit.SECONDS));
                assertThat(front.end()).isEqualTo(new RelayEnd.Complete());
            }
        }
    }

    private static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Moves enough that the kernel has taken over, both ways, and stays open. */
    private void warm(Socket client, Socket server) throws Exception {
        byte[] much = new byte[BULK];
        new Random(3).nextBytes(much);
        CompletableFuture<Void> written =
                CompletableFuture.runAsync(
                        () -> {
                            try {
                                client.getOutputStream().write(much);
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        },
                        threads);
        assertThat(server.getInputStream().readNBytes(BULK)).isEqualTo(much);
        written.get(20, TimeUnit.SECONDS);
        server.getOutputStream().write(1);
        assertThat(client.getInputStream().read()).isEqualTo(1);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("transports")
    void passesAnEndOnAsAnEndWhileTheOtherDirectionGoesOn(Transport transport) throws Exception {
        try (ServerSocket app = listen();
                Front front = new Front(transport, address(app));
                Socket client = front.dial();
                Socket server = accept(app)) {
            warm(client, server);
            client.shutdownOutput();
            assertThat(server.getInputStream().read()).isEqualTo(-1);
            byte[] hash = send(server, 5, BULK);
            assertThat(receive(client)).isEqualTo(hash);
            assertThat(front.end()).isEqualTo(new RelayEnd.Complete());
            Relay relay = front.relays.poll();
            assertThat(relay.firstToSecond()).isEqualTo(BULK);
            assertThat(relay.secondToFirst()).isEqualTo(BULK + 1);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("transports")
    void passesAResetOnAsAReset(Transport transport) throws Exception {
        try (ServerSocket app = listen();
                Front front = new Front(transport, address(app));
                Socket client = front.dial();
                Socket server = accept(app)) {
            warm(client, server);
            reset(server);
            assertThatThrownBy(() -> client.getInputStream().read())
                    .isInstanceOf(SocketException.class);
            assertThat(front.end()).isEqualTo(new RelayEnd.Reset(RelayEnd.Side.SECOND));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("splicing")
    void noticesTheResetOfAPeerWhoseHalfHadEnded(Transport transport) throws Exception {
        try (ServerSocket app = listen();
                Front front = new Front(transport, address(app));
                Socket client = front.dial();
                Socket server = accept(app)) {
            warm(client, server);
            server.shutdownOutput();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            reset(server);
            assertThat(front.end()).isEqualTo(new RelayEnd.Reset(RelayEnd.Side.SECOND));
            assertThatThrownBy(
                            () -> {
                                for (int i = 0; i < 100_000; i++) {
                                    client.getOutputStream().write(1);
                                }
                            })
                    .isInstanceOf(SocketException.class);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("transports")
    void closesBothPeersWithAResetWhenToldTo(Transport transport) throws Exception {
        try (ServerSocket app = listen();
                Front front = new Front(transport, address(app));
                Socket client = front.dial();
                Socket server = accept(app)) {
            warm(client, server);
            front.relays.take().close("policy");
            assertThat(front.end()).isEqualTo(new RelayEnd.Closed("policy"));
            assertThatThrownBy(() -> client.getInputStream().read())
                    .isInstanceOf(SocketException.class);
            assertThatThrownBy(() -> server.getInputStream().read())
                    .isInstanceOf(SocketException.class);
        }
    }

    /** A small connection costs no pipe; a large one that is quiet has given its pipe back. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("transports")
    void holdsNoPipesForQuietConnections(Transport transport) throws Exception {
        try (ServerSocket app = listen();
                Front front = new Front(transport, address(app))) {
            List<Socket> held = new ArrayList<>();
            long before = pipes();
            for (int i = 0; i < 40; i++) {
                Socket client = front.dial();
                Socket server = accept(app);
                held.add(client);
                held.add(server);
                if (i % 2 == 0) {
                    CompletableFuture.runAsync(
                                    () -> {
                                        try {
                                            warm(client, server);
                                        } catch (Exception e) {
                                            throw new IllegalStateException(e);
                                        }
                                    })
                            .get(20, TimeUnit.SECONDS);
                }
            }
            // Two ends each of at most a few kept ones, for each loop.
            Await.until("pipes are given back", () -> pipes() - before <= 8);
            for (Socket socket : held) {
                socket.close();
            }
        }
    }

    private static long pipes() {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.filter(PlainRelayTest::isPipe).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isPipe(Path fd) {
        try {
            return Files.readSymbolicLink(fd).toString().startsWith("pipe:");
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }
}
