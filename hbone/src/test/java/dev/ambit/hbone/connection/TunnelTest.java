package dev.ambit.hbone.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.hbone.ConnectRequest;
import dev.ambit.hbone.ErrorCode;
import dev.ambit.hbone.HboneSettings;
import dev.ambit.hbone.Limits;
import dev.ambit.hbone.connection.WirePair.Opening;
import dev.ambit.hbone.connection.WirePair.Tunnel;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Streams between two of our connections. */
final class TunnelTest {
    private static HboneSettings small() {
        return new HboneSettings(
                65_535,
                100_000,
                20_000,
                8,
                8,
                Duration.ofMinutes(5),
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                Duration.ofSeconds(20),
                Limits.defaults());
    }

    /**
     * Goal: no byte is lost, invented or out of order; nothing stalls; windows are whole again at
     * the end. Method: a few tunnels over small windows, random sends, credits, ends and resets at
     * both ends, then everything is credited.
     */
    @Property(tries = 150)
    void flowControlNeitherStallsNorOverrunsNorLosesCredit(@ForAll long seed) {
        Random random = new Random(seed);
        try (WirePair wire = new WirePair(small(), seed)) {
            List<Flow> flows = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(5); i++) {
                Tunnel tunnel = wire.tunnel();
                flows.add(new Flow(tunnel.near(), tunnel.far()));
                flows.add(new Flow(tunnel.far(), tunnel.near()));
            }
            for (int step = 0; step < 60; step++) {
                flows.get(random.nextInt(flows.size())).step(wire, random);
                if (random.nextInt(4) == 0) {
                    wire.settle();
                }
            }
            for (int round = 0; round < 200; round++) {
                wire.settle();
                flows.forEach(Flow::creditAll);
            }
            wire.settle();
            for (Flow flow : flows) {
                flow.finish(wire);
            }
            assertThat(wire.client.window().held()).isZero();
            assertThat(wire.server.window().held()).isZero();
            assertThat(wire.client.streams())
                    .isEqualTo(flows.stream().filter(f -> !f.from.closed()).count() / 2);
            assertThat(wire.clientOwner.end).isNull();
            assertThat(wire.serverOwner.end).isNull();
            assertThat(wire.held()).isZero();
        }
    }

    /** One direction of a tunnel. */
    private static final class Flow {
        private final TunnelStream from;
        private final TunnelStream to;
        private final Collector received;
        private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
        private boolean ended;

        Flow(TunnelStream from, TunnelStream to) {
            this.from = from;
            this.to = to;
            this.received = Collector.lazy(to);
        }

        void step(WirePair wire, Random random) {
            switch (random.nextInt(30)) {
                case 0 -> {
                    ended = true;
                    from.end();
                }
                case 1 -> to.reset(ErrorCode.INTERNAL_ERROR);
                case 2, 3, 4, 5, 6, 7 -> {
                    int most = received.uncredited();
                    received.credit(to, most == 0 ? 0 : random.nextInt(most + 1));
                }
                default -> send(wire, random);
            }
        }

        private void send(WirePair wire, Random random) {
            if (ended || from.closed()) {
                return;
            }
            byte[] bytes = new byte[random.nextInt(random.nextBoolean() ? 300 : 90_000)];
            random.nextBytes(bytes);
            sent.writeBytes(bytes);
            ByteBuf payload = wire.payload(bytes);
            if (random.nextBoolean()) {
                from.sendInPlace(payload);
            } else {
                from.send(payload);
            }
            from.flush();
        }

        void creditAll() {
            received.credit(to, received.uncredited());
        }

        void finish(WirePair wire) {
            if (from.closed() || to.closed()) {
                // Reset: what came is a beginning of what was sent.
                assertThat(Arrays.copyOf(sent.toByteArray(), received.size()))
                        .isEqualTo(received.bytes());
            } else {
                assertThat(received.bytes()).isEqualTo(sent.toByteArray());
                assertThat(received.events.contains("end")).isEqualTo(ended);
            }
        }
    }

    /** E08: answered with 200. */
    @Test
    void earlyBytesWaitForTheReceiver() {
        try (WirePair wire = new WirePair(HboneSettings.defaults(), 1)) {
            TunnelStream near = wire.client.open(ConnectRequest.to("10.0.0.1:80"), new Opening());
            near.send(wire.payload(new byte[100]));
            near.end();
            wire.settle();
            TunnelStream far = wire.serverOwner.requested.getFirst();
            far.accept(Map.of());
            Collector collector = Collector.eager(far);
            assertThat(collector.size()).isEqualTo(100);
            assertThat(collector.events).containsExactly("end");
        }
    }

    /** E08: answered otherwise. */
    @Test
    void refusalDropsEarlyBytesAndFreesTheStream() {
        try (WirePair wire = new WirePair(HboneSettings.defaults(), 1)) {
            Opening opening = new Opening();
            TunnelStream near = wire.client.open(ConnectRequest.to("10.0.0.1:80"), opening);
            near.send(wire.payload(new byte[5000]));
            near.flush();
            wire.settle();
            wire.serverOwner.requested.getFirst().refuse(401);
            wire.settle();
            assertThat(opening.status).isEqualTo(401);
            assertThat(wire.client.streams()).isZero();
            assertThat(wire.server.streams()).isZero();
            assertThat(wire.held()).isZero();
            assertThat(wire.server.window().held()).isZero();
        }
    }

    @Test
    void eachHalfEndsByItself() {
        try (WirePair wire = new WirePair(HboneSettings.defaults(), 1)) {
            Tunnel tunnel = wire.tunnel();
            Collector near = Collector.eager(tunnel.near());
            Collector far = Collector.eager(tunnel.far());
            tunnel.near().end();
            wire.settle();
            assertThat(far.events).containsExactly("end");
            tunnel.far().send(wire.payload(new byte[10]));
            tunnel.far().flush();
            wire.settle();
            assertThat(near.size()).isEqualTo(10);
            tunnel.far().end();
            wire.settle();
            assertThat(near.events).containsExactly("end", "closed");
            assertThat(far.events).containsExactly("end", "closed");
        }
    }

    @Test
    void resetsAreToldByTheirCode() {
        Map<Long, List<String>> expected =
                Map.of(
                        ErrorCode.CANCEL, List.of("end", "closed"),
                        ErrorCode.NO_ERROR, List.of("end", "closed"),
                        ErrorCode.INTERNAL_ERROR, List.of("reset 2", "closed"),
                        ErrorCode.CONNECT_ERROR, List.of("reset 10", "closed"));
        expected.forEach(
                (code, events) -> {
                    try (WirePair wire = new WirePair(HboneSettings.defaults(), 1)) {
                        Tunnel tunnel = wire.tunnel();
                        Collector near = Collector.eager(tunnel.near());
                        Collector far = Collector.eager(tunnel.far());
                        tunnel.far().reset(code);
                        wire.settle();
                        assertThat(near.events).isEqualTo(events);
                        assertThat(far.events).containsExactly("closed");
                        assertThat(wire.client.streams()).isZero();
                    }
                });
    }

    @Test
    void aResetAfterTheEndIsStillAReset() {
        try (WirePair wire = new WirePair(HboneSettings.defaults(), 1)) {
            Tunnel tunnel = wire.tunnel();
            Collector near = Collector.eager(tunnel.near());
            tunnel.far().end();
            tunnel.far().reset(ErrorCode.INTERNAL_ERROR);
            wire.settle();
            assertThat(near.events).containsExactly("end", "reset 2", "closed");
        }
    }

    @Test
    void theReceiverIsToldWhenItMaySendAgain() {
        try (WirePair wire = new WirePair(small(), 1)) {
            Tunnel tunnel = wire.tunnel();
            Collector near = Collector.eager(tunnel.near());
            Collector far = Collector.lazy(tunnel.far());
            tunnel.near().sendInPlace(wire.payload(new byte[70_000]));
            tunnel.near().flush();
            wire.settle();
            assertThat(tunnel.near().writable()).isFalse();
            assertThat(far.size()).isEqualTo(65_535);
            far.credit(tunnel.far(), 65_535);
            wire.settle();
            assertThat(near.events).containsExactly("writable");
            assertThat(far.size()).isEqualTo(70_000);
        }
    }

    @Test
    void aStalledTunnelDoesNotStopItsNeighbours() {
        try (WirePair wire = new WirePair(small(), 1)) {
            Tunnel stalled = wire.tunnel();
            Tunnel other = wire.tunnel();
            Collector.lazy(stalled.far());
            Collector far = Collector.eager(other.far());
            stalled.near().send(wire.payload(new byte[200_000]));
            for (int i = 0; i < 100; i++) {
                other.near().send(wire.payload(new byte[10_000]));
                other.near().flush();
                wire.settle();
            }
            assertThat(far.size()).isEqualTo(1_000_000);
        }
    }

    @Test
    void bulkAndSmallTakeTurns() {
        try (WirePair wire = new WirePair(small(), 1)) {
            Tunnel bulk = wire.tunnel();
            Tunnel small = wire.tunnel();
            Collector bulkFar = Collector.lazy(bulk.far());
            Collector smallFar = Collector.eager(small.far());
            bulk.near().send(wire.payload(new byte[1_000_000]));
            small.near().send(wire.payload(new byte[100]));
            small.near().flush();
            wire.settle();
            assertThat(bulkFar.size()).isEqualTo(65_535);
            assertThat(smallFar.size()).isEqualTo(100);
        }
    }

    @Test
    void serverDrainsInTwoSteps() {
        try (WirePair wire = new WirePair(HboneSettings.defaults(), 1)) {
            Tunnel tunnel = wire.tunnel();
            Collector near = Collector.eager(tunnel.near());
            Collector far = Collector.eager(tunnel.far());
            wire.server.drain();
            wire.settle();
            assertThat(wire.client.draining()).isTrue();
            assertThat(wire.client.room()).isZero();
            tunnel.near().send(wire.payload(new byte[3]));
            tunnel.near().end();
            tunnel.far().end();
            wire.settle();
            assertThat(far.size()).isEqualTo(3);
            assertThat(near.events).containsExactly("end", "closed");
            assertThat(wire.serverOwner.end)
                    .isEqualTo(new ConnectionEnd(ConnectionEnd.By.US, 0, "drained"));
        }
    }

    @Test
    void aStreamOpenedBeforeTheClientHeardOfTheDrainIsServed() {
        try (WirePair wire = new WirePair(HboneSettings.defaults(), 1)) {
            wire.tunnel();
            wire.server.drain();
            Opening opening = new Opening();
            wire.client.open(ConnectRequest.to("10.0.0.1:80"), opening);
            wire.settle();
            assertThat(wire.serverOwner.requested).hasSize(2);
            wire.serverOwner.requested.getLast().accept(Map.of());
            wire.settle();
            assertThat(opening.status).isEqualTo(200);
        }
    }

    @Test
    void aSilentPeerIsAskedAndGivenUp() {
        try (WirePair wire = new WirePair(HboneSettings.defaults(), 1)) {
            Tunnel tunnel = wire.tunnel();
            Collector near = Collector.eager(tunnel.near());
            for (int i = 0; i < 10; i++) {
                pass(wire, 10);
                wire.settle();
            }
            assertThat(wire.clientOwner.end).isNull();
            // Nothing is carried any more. It was heard within the last interval, so: one to
            // notice, one to ask, the timeout.
            int seconds = 0;
            while (wire.clientOwner.end == null && seconds < 100) {
                pass(wire, 1);
                seconds++;
            }
            assertThat(seconds).isBetween(20, 50);
            assertThat(wire.clientOwner.events).containsExactly("limit ping_timeout");
            assertThat(near.events).containsExactly("broken no answer to PING");
        }
    }

    private static void pass(WirePair wire, long seconds) {
        wire.clientChannel.advanceTimeBy(seconds, TimeUnit.SECONDS);
        wire.clientChannel.runScheduledPendingTasks();
        wire.serverChannel.advanceTimeBy(seconds, TimeUnit.SECONDS);
        wire.serverChannel.runScheduledPendingTasks();
    }

    @Test
    void aDeadConnectionBreaksItsTunnelsOnce() {
        try (WirePair wire = new WirePair(HboneSettings.defaults(), 1)) {
            Tunnel tunnel = wire.tunnel();
            Collector near = Collector.eager(tunnel.near());
            Opening waiting = new Opening();
            wire.client.open(ConnectRequest.to("10.0.0.1:80"), waiting);
            wire.clientChannel.close();
            assertThat(near.events).containsExactly("broken connection closed by peer");
            StreamEvents.Break why = waiting.why;
            assertThat(why).isNotNull();
            assertThat(wire.clientOwner.end).isNotNull();
            tunnel.near().send(wire.payload(new byte[10]));
            tunnel.near().end();
            tunnel.near().reset(ErrorCode.CANCEL);
        }
    }
}
