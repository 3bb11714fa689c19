package dev.ambit.hbone.bed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.hbone.ConnectRequest;
import dev.ambit.hbone.HboneSettings;
import dev.ambit.hbone.HboneStream;
import dev.ambit.hbone.Limits;
import dev.ambit.hbone.client.HbonePool;
import dev.ambit.hbone.client.OpenCallback;
import dev.ambit.hbone.client.OpenFailure;
import dev.ambit.hbone.client.PoolKey;
import dev.ambit.hbone.server.ConnectHandler;
import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.tls.TlsContexts;
import dev.ambit.runtime.testing.TestLoops;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who shares a connection with whom, and when another one is made: E16, E19, F28. */
final class SharingTest {

    private static final SpiffeId OTHER = SpiffeId.of("cluster.local", "a", "other");

    private static TunnelBed bed(int serverStreams, ConnectHandler handler) {
        HboneSettings d = HboneSettings.defaults();
        HboneSettings settings =
                new HboneSettings(
                        d.streamWindow(),
                        d.connectionWindow(),
                        d.maxFrameSize(),
                        serverStreams,
                        d.poolStreams(),
                        d.poolIdle(),
                        d.connectTimeout(),
                        d.handshakeTimeout(),
                        d.prefaceTimeout(),
                        d.pingInterval(),
                        d.pingTimeout(),
                        Limits.defaults());
        return new TunnelBed(TestLoops.transports().getFirst(), 1, settings, bed -> handler);
    }

    private static final class Outcomes implements OpenCallback {
        final CountDownLatch left;
        final Queue<OpenFailure> failures = new ConcurrentLinkedQueue<>();

        Outcomes(int expected) {
            left = new CountDownLatch(expected);
        }

        @Override
        public void opened(HboneStream stream, Map<String, String> responseHeaders) {
            left.countDown();
        }

        @Override
        public void failed(OpenFailure failure) {
            failures.add(failure);
            left.countDown();
        }

        void await() throws InterruptedException {
            assertThat(left.await(60, TimeUnit.SECONDS)).as("answers missing").isTrue();
        }
    }

    private static PoolKey key(TunnelBed bed, TlsContexts tls, String uid) {
        return new PoolKey(
                tls.id(), List.of(TunnelBed.SERVER), bed.serverAddress, null, uid, tls.serial());
    }

    /** E16: a server that takes one tunnel per connection gets as many connections as tunnels. */
    @Test
    void e16AServerOfOneStreamGetsFurtherConnections() throws Exception {
        try (TunnelBed bed = bed(1, connect -> connect.accept(Map.of()))) {
            EventLoop loop = bed.clientLoops.data().getFirst();
            HbonePool pool = bed.pool(loop);
            Outcomes outcomes = new Outcomes(6);
            loop.execute(
                    () -> {
                        for (int i = 0; i < 6; i++) {
                            pool.open(
                                    bed.key(),
                                    bed.clientTls,
                                    ConnectRequest.to("10.0.0.1:80"),
                                    outcomes);
                        }
                    });
            outcomes.await();
            assertThat(outcomes.failures).isEmpty();
            assertThat(bed.server.connections()).isGreaterThanOrEqualTo(6);
        }
    }

    /** E19: 10,000 mixed dials of two identities, none of which arrives as the other. */
    @Test
    void e19TwoIdentitiesNeverShareAConnection() throws Exception {
        Queue<String> wrong = new ConcurrentLinkedQueue<>();
        ConnectHandler judge =
                connect -> {
                    String claimed =
                            connect.request().authority().endsWith(":1") ? "client" : "other";
                    String shown = connect.peer().id().serviceAccount();
                    if (!claimed.equals(shown)) {
                        wrong.add(claimed + " as " + shown);
                    }
                    connect.refuse(503);
                };
        try (TunnelBed bed = bed(200, judge)) {
            TlsContexts other = bed.certificates.contexts(OTHER);
            EventLoop loop = bed.clientLoops.data().getFirst();
            HbonePool pool = bed.pool(loop);
            Outcomes outcomes = new Outcomes(10_000);
            Random random = new Random(1);
            for (int batch = 0; batch < 100; batch++) {
                loop.submit(
                                () -> {
                                    for (int i = 0; i < 100; i++) {
                                        boolean first = random.nextBoolean();
                                        TlsContexts tls = first ? bed.clientTls : other;
                                        pool.open(
                                                key(bed, tls, "uid"),
                                                tls,
                                                ConnectRequest.to("10.0.0.1:" + (first ? 1 : 2)),
                                                outcomes);
                                    }
                                })
                        .sync();
            }
            outcomes.await();
            assertThat(wrong).isEmpty();
            assertThat(outcomes.failures).hasOnlyElementsOfType(OpenFailure.Status.class);
        }
    }

    /** F28: many idle connections go in one sweep. */
    @Test
    void f28ManyIdleConnectionsAreDroppedAtOnce() throws Exception {
        int many = 120;
        try (TunnelBed bed = bed(200, connect -> connect.refuse(503))) {
            EventLoop loop = bed.clientLoops.data().getFirst();
            HbonePool pool = bed.pool(loop);
            Outcomes outcomes = new Outcomes(many);
            for (int i = 0; i < many; i++) {
                String uid = "uid" + i;
                loop.execute(
                        () ->
                                pool.open(
                                        key(bed, bed.clientTls, uid),
                                        bed.clientTls,
                                        ConnectRequest.to("10.0.0.1:80"),
                                        outcomes));
            }
            outcomes.await();
            assertThat(pool.connections()).isEqualTo(many);
            loop.execute(pool::close);
            Await.until("all gone", () -> pool.connections() == 0);
            Await.until("the server's too", () -> bed.server.connections() == 0);
        }
    }
}
