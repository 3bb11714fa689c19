package dev.ambit.hbone.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ambit.runtime.linux.Descriptors;
import dev.ambit.runtime.net.EventLoops;
import dev.ambit.runtime.net.Transport;
import dev.ambit.runtime.testing.TestLoops;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A relay of two sockets moves from one set of loops to another, as between two processes. */
final class DetachTest {

    private final List<AutoCloseable> open = new ArrayList<>();
    private final ConcurrentLinkedQueue<RelayEnd> ends = new ConcurrentLinkedQueue<>();
    private EventLoop[] loops = {};

    @BeforeEach
    void twoProcesses() {
        List<Transport> adopting =
                TestLoops.transports().stream().filter(Transport::adopts).toList();
        assumeTrue(!adopting.isEmpty(), "a transport that adopts descriptors");
        List<EventLoops> both = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            EventLoops started = TestLoops.start(adopting.getFirst(), 1);
            open.add(started);
            both.add(started);
        }
        loops = both.stream().map(EventLoops::nextData).toArray(EventLoop[]::new);
    }

    @AfterEach
    void leaveNothingOpen() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    /** A slow reader on one side, so that bytes wait in every buffer while the relay moves. */
    @Test
    void noByteIsLostWhileBothSidesSendAndTheRelayMovesTwentyTimes() throws Exception {
        Bed bed = new Bed(16 * 1024);
        Sender there = new Sender(bed.client, 1);
        Sender back = new Sender(bed.server, 2);
        Receiver atServer = new Receiver(bed.server, 512);
        Receiver atClient = new Receiver(bed.client, 16_384);

        long moved = 0;
        for (int i = 0; i < 20; i++) {
            // each move waits for some more bytes, so that it happens under way
            atServer.awaitAtLeast(i * 400_000L);
            moved += bed.move(loops[(i + 1) % 2]);
        }
        there.stop();
        back.stop();
        assertThat(atServer.hash()).isEqualTo(there.hash());
        assertThat(atClient.hash()).isEqualTo(back.hash());
        assertThat(moved).as("bytes that travelled beside the descriptors").isPositive();
        bed.awaitEnd();
        assertThat(ends).containsExactly(new RelayEnd.Complete());
        Relay last = bed.relay;
        assertThat(last.firstToSecond()).isEqualTo(there.sent);
        assertThat(last.secondToFirst()).isEqualTo(back.sent);
    }

    @Test
    void aHalfClosedRelayStaysHalfClosedAndFinishes() throws Exception {
        Bed bed = new Bed(0);
        bed.client
                .getOutputStream()
                .write("question".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        bed.client.shutdownOutput();
        assertThat(
                        new String(
                                bed.server.getInputStream().readAllBytes(),
                                java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo("question");

        bed.move(loops[1]);
        bed.server
                .getOutputStream()
                .write("late answer".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        bed.server.shutdownOutput();

        assertThat(
                        new String(
                                bed.client.getInputStream().readAllBytes(),
                                java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo("late answer");
        bed.awaitEnd();
        assertThat(ends).containsExactly(new RelayEnd.Complete());
    }

    /**
     * Splicing: the kernel moves the bytes, and what is in the pipe between both sockets travels
     * too.
     */
    @Test
    void noByteInThePipeOfASplicedRelayIsLost() throws Exception {
        Bed bed = new Bed(16 * 1024, Relay::plain);
        Sender there = new Sender(bed.client, 3);
        Sender back = new Sender(bed.server, 4);
        Receiver atServer = new Receiver(bed.server, 512);
        Receiver atClient = new Receiver(bed.client, 16_384);

        long moved = 0;
        for (int i = 1; i <= 4; i++) {
            while (!on(bed.loop, bed.relay::isSpliced)) {
                atServer.awaitMore(Handover.BULK / 4);
            }
            atServer.awaitMore(Handover.BULK / 4);
            moved += bed.move(loops[i % 2]);
        }
        there.stop();
        back.stop();
        assertThat(atServer.hash()).isEqualTo(there.hash());
        assertThat(atClient.hash()).isEqualTo(back.hash());
        assertThat(moved).as("bytes that were in pipes").isPositive();
        bed.awaitEnd();
        assertThat(ends).containsExactly(new RelayEnd.Complete());
        assertThat(bed.relay.firstToSecond()).isEqualTo(there.sent);
        assertThat(bed.relay.secondToFirst()).isEqualTo(back.sent);
    }

    /** Nobody reads, and there is no memory for it: it stays, and loses nothing by the attempt. */
    @Test
    void aSplicedRelayWithMoreInItsPipesThanThereIsRoomForStaysUntilItIsRead() throws Exception {
        Bed bed = new Bed(16 * 1024, Relay::plain);
        Sender there = new Sender(bed.client, 6);
        Receiver atServer = new Receiver(bed.server, 16_384);
        while (!on(bed.loop, bed.relay::isSpliced)) {
            atServer.awaitMore(Handover.BULK / 4);
        }
        atServer.hold(true);
        Room none = new Room(0, Duration.ZERO);
        Detached empty;
        while ((empty = bed.tryToDetach(none)) != null) {
            // its pipes were empty just then
            bed.adopt(empty, bed.loop);
            while (!on(bed.loop, bed.relay::isSpliced)) {
                atServer.hold(false);
                atServer.awaitMore(Handover.BULK / 4);
            }
            atServer.hold(true);
        }
        atServer.hold(false);
        there.stop();
        assertThat(atServer.hash()).isEqualTo(there.hash());
        bed.adopt(bed.detach(), loops[1]);
        bed.server.shutdownOutput();
        bed.awaitEnd();
        assertThat(ends).containsExactly(new RelayEnd.Complete());
        assertThat(bed.relay.firstToSecond()).isEqualTo(there.sent);
    }

    /** It reads late, when the other direction has ended too and the kernel still has bytes. */
    @Test
    void anEndPassedOnBeforeARelayMovesIsStillAnEndAfterwards() throws Exception {
        Bed bed = new Bed(16 * 1024);
        byte[] question = new byte[64 * 1024];
        new Random(5).nextBytes(question);
        bed.client.getOutputStream().write(question);
        bed.client.shutdownOutput();
        Detached detached;
        int moves = 0;
        do {
            detached = bed.detach();
            bed.adopt(detached, loops[++moves % 2]);
        } while (!detached.second().outputClosed());

        bed.server.getOutputStream().write(1);
        bed.server.shutdownOutput();
        assertThat(bed.client.getInputStream().readAllBytes()).containsExactly(1);
        bed.awaitEnd();
        assertThat(bed.server.getInputStream().readAllBytes()).isEqualTo(question);
        assertThat(ends).containsExactly(new RelayEnd.Complete());
    }

    /** What nobody took over must not look like the whole of it. */
    @Test
    void socketsThatNobodyTakesOverAreReset() throws Exception {
        Bed bed = new Bed(0);
        Detached detached = bed.detach();
        Descriptors.close(detached.first().descriptor());
        Descriptors.close(detached.second().descriptor());
        assertThatThrownBy(() -> bed.client.getInputStream().read())
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> bed.server.getInputStream().read())
                .isInstanceOf(IOException.class);
    }

    @Test
    void aSideResetWhileItBelongsToNobodyResetsTheOther() throws Exception {
        Bed bed = new Bed(0);
        Detached detached = bed.detach();
        bed.client.setSoLinger(true, 0);
        bed.client.close();

        bed.adopt(detached, loops[1]);

        bed.awaitEnd();
        assertThat(ends).containsExactly(new RelayEnd.Reset(RelayEnd.Side.FIRST));
        assertThatThrownBy(() -> bed.server.getInputStream().read())
                .isInstanceOf(IOException.class);
    }

    /** How two sockets become a relay. */
    private interface Coupling {
        Relay of(DuplexChannel first, DuplexChannel second, RelayObserver observer);
    }

    /** Two applications, and the relay between them. */
    private final class Bed {
        private final Socket client;
        private final Socket server;
        private final CompletableFuture<RelayEnd> end = new CompletableFuture<>();
        private Relay relay;
        private EventLoop loop = loops[0];

        /**
         * @param window of the server's receive buffer; 0: the kernel's choice
         */
        Bed(int window) throws Exception {
            this(window, Relay::sockets);
        }

        Bed(int window, Coupling coupling) throws Exception {
            SocketChannel[] sides = new SocketChannel[2];
            Socket[] applications = new Socket[2];
            for (int i = 0; i < 2; i++) {
                try (ServerSocket listener =
                        new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                    if (window > 0) {
                        listener.setReceiveBufferSize(window);
                    }
                    SocketChannel side = transport().newSocket();
                    Relay.prepare(side);
                    if (window > 0) {
                        side.config().setSendBufferSize(200_000);
                    }
                    sides[i] = side;
                    loop.register(side).sync();
                    side.connect(listener.getLocalSocketAddress()).sync();
                    applications[i] = listener.accept();
                    open.add(applications[i]);
                }
            }
            client = applications[0];
            server = applications[1];
            relay = on(loop, () -> coupling.of(sides[0], sides[1], this::ended));
        }

        private Transport transport() {
            return TestLoops.transports().stream()
                    .filter(Transport::adopts)
                    .findFirst()
                    .orElseThrow();
        }

        private void ended(Relay over, RelayEnd how) {
            ends.add(how);
            end.complete(how);
        }

        @Nullable Detached tryToDetach(Room room) throws Exception {
            CompletableFuture<@Nullable Detached> taken = new CompletableFuture<>();
            loop.execute(() -> relay.detach(room, taken::complete));
            return taken.get(10, TimeUnit.SECONDS);
        }

        Detached detach() throws Exception {
            Detached detached = tryToDetach(new Room(Long.MAX_VALUE, Duration.ZERO));
            if (detached == null) {
                throw new AssertionError("ends so far: " + ends);
            }
            return detached;
        }

        void adopt(Detached detached, EventLoop to) throws Exception {
            SocketChannel first = transport().adoptSocket(detached.first().descriptor());
            SocketChannel second = transport().adoptSocket(detached.second().descriptor());
            Relay.prepare(first);
            Relay.prepare(second);
            to.register(first).sync();
            to.register(second).sync();
            loop = to;
            relay = on(to, () -> Relay.adopt(detached, first, second, this::ended));
        }

        long move(EventLoop to) throws Exception {
            Detached detached = detach();
            adopt(detached, to);
            return (long) detached.first().unwritten().length
                    + detached.second().unwritten().length;
        }

        void awaitEnd() throws Exception {
            end.get(10, TimeUnit.SECONDS);
        }
    }

    private static <T> T on(EventLoop loop, java.util.function.Supplier<T> work) throws Exception {
        return loop.submit(work::get).get(10, TimeUnit.SECONDS);
    }
}
