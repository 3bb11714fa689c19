package dev.ambit.hbone.bed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.hbone.ConnectRequest;
import dev.ambit.hbone.ErrorCode;
import dev.ambit.hbone.HboneSettings;
import dev.ambit.hbone.HboneStream;
import dev.ambit.hbone.Limits;
import dev.ambit.hbone.client.HbonePool;
import dev.ambit.hbone.client.OpenCallback;
import dev.ambit.hbone.client.OpenFailure;
import dev.ambit.hbone.client.PoolKey;
import dev.ambit.hbone.server.InboundConnect;
import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.testing.TestCertificates;
import dev.ambit.identity.tls.MeshTls;
import dev.ambit.identity.tls.TlsContexts;
import dev.ambit.runtime.testing.TestLoops;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The pool against a real server: sharing, spilling, failing, draining. */
final class PoolTest {
    private final LinkedBlockingQueue<InboundConnect> connects = new LinkedBlockingQueue<>();
    private @Nullable TunnelBed bed;

    private TunnelBed bed(HboneSettings settings) {
        TunnelBed made =
                new TunnelBed(
                        TestLoops.transports().getFirst(),
                        1,
                        settings,
                        b -> connect -> connects.add(connect));
        bed = made;
        return made;
    }

    @AfterEach
    void close() {
        if (bed != null) {
            bed.close();
        }
    }

    private static HboneSettings settings(int poolStreams, Duration idle) {
        HboneSettings d = HboneSettings.defaults();
        return new HboneSettings(
                d.streamWindow(),
                d.connectionWindow(),
                d.maxFrameSize(),
                d.maxStreams(),
                poolStreams,
                idle,
                d.connectTimeout(),
                d.handshakeTimeout(),
                d.prefaceTimeout(),
                d.pingInterval(),
                d.pingTimeout(),
                Limits.defaults());
    }

    /** A tunnel or why there is none. */
    private record Outcome(@Nullable HboneStream stream, @Nullable OpenFailure failure) {
        HboneStream opened() {
            if (stream == null) {
                throw new AssertionError("no tunnel: " + failure);
            }
            return stream;
        }
    }

    private static CompletableFuture<Outcome> open(
            HbonePool pool, EventLoop loop, PoolKey key, TlsContexts tls) {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        loop.execute(
                () ->
                        pool.open(
                                key,
                                tls,
                                ConnectRequest.to("10.0.0.1:80"),
                                new OpenCallback() {
                                    @Override
                                    public void opened(
                                            HboneStream stream, Map<String, String> headers) {
                                        outcome.complete(new Outcome(stream, null));
                                    }

                                    @Override
                                    public void failed(OpenFailure failure) {
                                        outcome.complete(new Outcome(null, failure));
                                    }
                                }));
        return outcome;
    }

    private static CompletableFuture<Outcome> open(TunnelBed bed) {
        EventLoop loop = bed.clientLoops.data().getFirst();
        return open(bed.pool(loop), loop, bed.key(), bed.clientTls);
    }

    private void acceptAll(int n) throws Exception {
        for (int i = 0; i < n; i++) {
            InboundConnect connect = connects.poll(20, TimeUnit.SECONDS);
            assertThat(connect).isNotNull();
            connect.loop().execute(() -> connect.accept(Map.of()));
        }
    }

    private static Outcome get(CompletableFuture<Outcome> outcome) throws Exception {
        return outcome.get(20, TimeUnit.SECONDS);
    }

    private List<HboneStream> opened(TunnelBed on, int n) throws Exception {
        List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            outcomes.add(open(on));
        }
        acceptAll(n);
        List<HboneStream> streams = new ArrayList<>();
        for (CompletableFuture<Outcome> outcome : outcomes) {
            streams.add(get(outcome).opened());
        }
        return streams;
    }

    @Test
    void manyTunnelsShareOneConnection() throws Exception {
        TunnelBed on = bed(HboneSettings.defaults());
        assertThat(opened(on, 60)).hasSize(60);
        assertThat(on.serverCounters.opened()).isEqualTo(1);
        assertThat(on.server.connections()).isEqualTo(1);
    }

    @Test
    void tunnelsAboveTheLimitSpillToAnotherConnection() throws Exception {
        TunnelBed on = bed(settings(3, Duration.ofMinutes(5)));
        opened(on, 10);
        assertThat(on.serverCounters.opened()).isEqualTo(4);
        assertThat(on.pool(on.clientLoops.data().getFirst()).connections()).isEqualTo(4);
    }

    @Test
    void anUnusedConnectionIsClosed() throws Exception {
        TunnelBed on = bed(settings(100, Duration.ofMillis(50)));
        HboneStream stream = opened(on, 1).getFirst();
        stream.loop().execute(() -> stream.reset(ErrorCode.CANCEL));
        Await.until("idle connection closed", () -> on.clientCounters.closed() == 1);
        Await.until("pool empty", () -> on.pool(stream.loop()).connections() == 0);
    }

    @Test
    void aStatusIsAFailureAndTheConnectionGoesOn() throws Exception {
        TunnelBed on = bed(HboneSettings.defaults());
        CompletableFuture<Outcome> outcome = open(on);
        InboundConnect connect = connects.poll(20, TimeUnit.SECONDS);
        assertThat(connect).isNotNull();
        assertThat(connect.peer().id()).isEqualTo(TunnelBed.CLIENT);
        connect.loop().execute(() -> connect.refuse(401));
        assertThat(get(outcome).failure()).isEqualTo(new OpenFailure.Status(401));
        opened(on, 1);
        assertThat(on.serverCounters.opened()).isEqualTo(1);
    }

    @Test
    void anotherIdentityIsNeverAccepted() throws Exception {
        TunnelBed on = bed(HboneSettings.defaults());
        EventLoop loop = on.clientLoops.data().getFirst();
        SpiffeId other = SpiffeId.of("cluster.local", "b", "other");
        PoolKey key =
                new PoolKey(
                        TunnelBed.CLIENT,
                        List.of(other),
                        on.serverAddress,
                        null,
                        "uid",
                        on.clientTls.serial());
        OpenFailure failure = get(open(on.pool(loop), loop, key, on.clientTls)).failure();
        assertThat(failure).isInstanceOf(OpenFailure.Identity.class);
        assertThat(String.valueOf(failure == null ? null : failure.describe()))
                .isEqualTo(
                        "identity verification error: peer did not present the expected SAN"
                                + " (spiffe://cluster.local/ns/b/sa/other), got spiffe://cluster.local/ns/b/sa/server");
    }

    @Test
    void aServerThatRefusesOurCertificateIsATlsFailure() throws Exception {
        TunnelBed on = bed(HboneSettings.defaults());
        EventLoop loop = on.clientLoops.data().getFirst();
        TlsContexts stranger = new TestCertificates().contexts(TunnelBed.CLIENT);
        assertThat(get(open(on.pool(loop), loop, on.key(), stranger)).failure())
                .isInstanceOf(OpenFailure.Tls.class);
        assertThat(get(open(on.pool(loop), loop, on.key(), MeshTls.refusing())).failure())
                .isInstanceOf(OpenFailure.Tls.class);
        assertThat(connects).isEmpty();
    }

    @Test
    void tcpFailuresAreNamedApart() throws Exception {
        TunnelBed on = bed(HboneSettings.defaults());
        EventLoop loop = on.clientLoops.data().getFirst();
        InetSocketAddress nobody;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = (InetSocketAddress) socket.getLocalSocketAddress();
        }
        PoolKey key =
                new PoolKey(
                        TunnelBed.CLIENT,
                        List.of(TunnelBed.SERVER),
                        nobody,
                        null,
                        "uid",
                        on.clientTls.serial());
        assertThat(get(open(on.pool(loop), loop, key, on.clientTls)).failure())
                .isInstanceOf(OpenFailure.Connect.class);

        HbonePool silent =
                new HbonePool(
                        loop,
                        on.settings,
                        on.clientCounters,
                        (k, l, h) ->
                                new DefaultChannelPromise(new NioSocketChannel(), l)
                                        .setFailure(new ConnectTimeoutException("timed out")));
        assertThat(get(open(silent, loop, key, on.clientTls)).failure())
                .isEqualTo(new OpenFailure.ConnectTimeout());
    }

    @Test
    void aDrainedServerKeepsRunningTunnelsAndGetsNoNewOnes() throws Exception {
        TunnelBed on = bed(HboneSettings.defaults());
        HboneStream running = opened(on, 1).getFirst();
        CompletableFuture<Void> drained = on.server.drain(Duration.ofMinutes(1));
        List<HboneStream> all = new ArrayList<>(List.of(running));
        Outcome next;
        do {
            CompletableFuture<Outcome> outcome = open(on);
            InboundConnect connect;
            while (!outcome.isDone()) {
                connect = connects.poll(1, TimeUnit.MILLISECONDS);
                if (connect != null) {
                    InboundConnect came = connect;
                    came.loop().execute(() -> came.accept(Map.of()));
                }
            }
            next = get(outcome);
            if (next.stream() != null) {
                all.add(next.stream());
            }
        } while (next.failure() == null && on.serverCounters.opened() < 2);
        assertThat(drained).isNotDone();
        for (HboneStream stream : all) {
            stream.loop().execute(() -> stream.reset(ErrorCode.CANCEL));
        }
        drained.get(20, TimeUnit.SECONDS);
    }

    @Test
    void whatIsLeftAtTheDeadlineIsBroken() throws Exception {
        TunnelBed on = bed(HboneSettings.defaults());
        opened(on, 3);
        on.server.drain(Duration.ofMillis(50)).get(20, TimeUnit.SECONDS);
        Await.until("client saw it", () -> on.clientCounters.closed() == 1);
    }

    @Test
    void evictedConnectionsFinishAndAreNotUsedAgain() throws Exception {
        TunnelBed on = bed(HboneSettings.defaults());
        HboneStream first = opened(on, 1).getFirst();
        first.loop().execute(() -> on.pool(first.loop()).evictUid("uid"));
        opened(on, 1);
        assertThat(on.serverCounters.opened()).isEqualTo(2);
        assertThat(on.serverCounters.closed()).isZero();
        first.loop().execute(() -> first.reset(ErrorCode.CANCEL));
        Await.until("evicted connection closed", () -> on.serverCounters.closed() == 1);
    }

    @Test
    void aClosedPoolFailsWhoWaitsAndBreaksWhoRuns() throws Exception {
        TunnelBed on = bed(HboneSettings.defaults());
        HboneStream running = opened(on, 1).getFirst();
        CompletableFuture<Outcome> waiting = open(on);
        InboundConnect pending = connects.poll(20, TimeUnit.SECONDS);
        assertThat(pending).isNotNull();
        CompletableFuture<Void> gone = new CompletableFuture<>();
        pending.loop().execute(() -> pending.onGone(() -> gone.complete(null)));
        running.loop().execute(() -> on.pool(running.loop()).close());
        assertThat(get(waiting).failure()).isNotNull();
        gone.get(20, TimeUnit.SECONDS);
        assertThat(get(open(on)).failure()).isEqualTo(new OpenFailure.Draining());
        Await.until("all closed", () -> on.server.connections() == 0);
    }

    @Test
    void revokedPeersAreCutOff() throws Exception {
        TunnelBed on = bed(HboneSettings.defaults());
        opened(on, 2);
        on.server.closeWhere(session -> false, "none");
        assertThat(on.server.connections()).isEqualTo(1);
        on.server.closeWhere(session -> true, "connection closed: peer certificate revoked by CRL");
        Await.until("connection cut", () -> on.server.connections() == 0);
    }
}
