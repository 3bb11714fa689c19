package dev.ambit.hbone.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.hbone.Limit;
import dev.ambit.hbone.frame.FrameWriter;
import dev.ambit.hbone.frame.Frames;
import io.netty.buffer.ByteBuf;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Where too many of one thing become an attack, and what slowly comes does not. */
final class FloodLimitsTest {

    /** F12. */
    @Test
    void streamsAboveTheLimitAreRefused() {
        try (RawPeer peer = RawPeer.ofServer()) {
            for (int i = 0; i < 210; i++) {
                int id = 2 * i + 1;
                peer.send(out -> RawPeer.connect(out, id, "10.0.0.1:80"));
                assertThat(peer.connection.streams()).isLessThanOrEqualTo(200);
            }
            assertThat(peer.answers())
                    .hasSize(10)
                    .allMatch(answer -> answer.endsWith("REFUSED_STREAM"));
            assertThat(peer.counters.hits(Limit.CONCURRENT_STREAMS)).isEqualTo(10);
        }
    }

    static Stream<Arguments> floods() {
        return Stream.of(
                flood(
                        Limit.PREMATURE_RESETS,
                        1000,
                        (out, i) -> {
                            RawPeer.connect(out, 2 * i + 1, "10.0.0.1:80");
                            FrameWriter.rstStream(out, 2 * i + 1, 8);
                        }),
                flood(
                        Limit.OWN_RESETS,
                        1000,
                        (out, i) -> {
                            RawPeer.connect(out, 2 * i + 1, "10.0.0.1:80");
                            FrameWriter.windowUpdate(out, 2 * i + 1, 0);
                        }),
                flood(Limit.PINGS, 1000, (out, i) -> FrameWriter.ping(out, i, false)),
                flood(
                        Limit.SETTINGS,
                        1000,
                        (out, i) -> FrameWriter.header(out, 0, Frames.SETTINGS, 0, 0)),
                flood(
                        Limit.PRIORITIES,
                        1000,
                        (out, i) -> {
                            FrameWriter.header(out, 5, Frames.PRIORITY, 0, 1);
                            out.writeZero(5);
                        }),
                flood(
                        Limit.UNKNOWN_FRAMES,
                        1000,
                        (out, i) -> FrameWriter.header(out, 0, 0x42, 0, 1)),
                flood(
                        Limit.EMPTY_DATA,
                        1000,
                        (out, i) -> {
                            if (i == 0) {
                                RawPeer.connect(out, 1, "10.0.0.1:80");
                            }
                            FrameWriter.header(out, 0, Frames.DATA, 0, 1);
                        }),
                flood(
                        Limit.CONTINUATIONS,
                        1000,
                        (out, i) -> {
                            FrameWriter.header(
                                    out, 1, i == 0 ? Frames.HEADERS : Frames.CONTINUATION, 0, 1);
                            out.writeByte(0x20);
                        }));
    }

    interface Frame {
        void write(ByteBuf out, int number);
    }

    private static Arguments flood(Limit limit, int times, Frame frame) {
        return Arguments.of(limit, times, frame);
    }

    /** F01, F03, F05-F09: each flood at its limit. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("floods")
    void aFloodIsCutOff(Limit limit, int times, Frame frame) {
        try (RawPeer peer = RawPeer.ofServer()) {
            for (int i = 0; i < times && peer.channel.isOpen(); i++) {
                int number = i;
                peer.send(out -> frame.write(out, number));
            }
            assertThat(peer.answers().getLast()).startsWith("GOAWAY").endsWith("ENHANCE_YOUR_CALM");
            assertThat(peer.channel.isOpen()).isFalse();
            assertThat(peer.counters.hits(limit)).isEqualTo(1);
            assertThat(peer.owner.events).contains("limit " + limit.label());
            assertThat(peer.held()).isZero();
        }
    }

    @Test
    void whatComesSlowlyIsNoFlood() {
        try (RawPeer peer = RawPeer.ofServer()) {
            for (int i = 0; i < 500; i++) {
                int id = 2 * i + 1;
                peer.send(
                        out -> {
                            RawPeer.connect(out, id, "10.0.0.1:80");
                            FrameWriter.rstStream(out, id, 8);
                            FrameWriter.ping(out, id, false);
                        });
                peer.pass(200);
            }
            assertThat(peer.owner.end).isNull();
        }
    }
}
