package dev.ambit.hbone.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.hbone.ConnectRequest;
import dev.ambit.hbone.ErrorCode;
import dev.ambit.hbone.HboneSettings;
import dev.ambit.hbone.Limit;
import dev.ambit.hbone.connection.WirePair.Opening;
import dev.ambit.hbone.frame.FrameWriter;
import dev.ambit.hbone.frame.Frames;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a peer may not do, and what it gets for it. */
final class ViolationTest {

    private static Arguments row(String name, Consumer<ByteBuf> frames, String... answers) {
        return Arguments.of(name, frames, List.of(answers));
    }

    static Stream<Arguments> ofServer() {
        Consumer<ByteBuf> open = out -> RawPeer.connect(out, 1, "10.0.0.1:80");
        return Stream.of(
                row(
                        "even stream",
                        out -> RawPeer.connect(out, 2, "10.0.0.1:80"),
                        "GOAWAY 0 PROTOCOL_ERROR"),
                row(
                        "stream number below the last",
                        out -> {
                            RawPeer.connect(out, 5, "10.0.0.1:80");
                            RawPeer.connect(out, 3, "10.0.0.1:80");
                        },
                        "GOAWAY 5 STREAM_CLOSED"),
                row(
                        "DATA on idle stream",
                        out -> RawPeer.data(out, 1, 1, 0),
                        "GOAWAY 0 PROTOCOL_ERROR"),
                row(
                        "RST_STREAM on idle stream",
                        out -> FrameWriter.rstStream(out, 1, 8),
                        "GOAWAY 0 PROTOCOL_ERROR"),
                row(
                        "WINDOW_UPDATE on idle stream",
                        out -> FrameWriter.windowUpdate(out, 1, 8),
                        "GOAWAY 0 PROTOCOL_ERROR"),
                row(
                        "DATA after the end",
                        open.andThen(out -> RawPeer.data(out, 1, 1, Frames.END_STREAM))
                                .andThen(out -> RawPeer.data(out, 1, 1, 0)),
                        "RST 1 STREAM_CLOSED"),
                row("second HEADERS", open.andThen(open), "RST 1 PROTOCOL_ERROR"),
                row(
                        "connection window above 2^31-1",
                        out -> FrameWriter.windowUpdate(out, 0, Integer.MAX_VALUE),
                        "GOAWAY 0 FLOW_CONTROL_ERROR"),
                row(
                        "stream window above 2^31-1",
                        open.andThen(out -> FrameWriter.windowUpdate(out, 1, Integer.MAX_VALUE)),
                        "RST 1 FLOW_CONTROL_ERROR"),
                row(
                        "initial window above 2^31-1",
                        settings(Frames.INITIAL_WINDOW_SIZE, -1),
                        "GOAWAY 0 FLOW_CONTROL_ERROR"),
                row(
                        "max frame below 16384",
                        settings(Frames.MAX_FRAME_SIZE, 16_383),
                        "GOAWAY 0 PROTOCOL_ERROR"),
                row(
                        "max frame above 2^24-1",
                        settings(Frames.MAX_FRAME_SIZE, 1 << 24),
                        "GOAWAY 0 PROTOCOL_ERROR"),
                row("ENABLE_PUSH of 2", settings(Frames.ENABLE_PUSH, 2), "GOAWAY 0 PROTOCOL_ERROR"),
                row("unknown setting", settings(0x99, 7), "SETTINGS ACK"),
                row("table size of 2^32-1", settings(Frames.HEADER_TABLE_SIZE, -1), "SETTINGS ACK"),
                row("header list of 1", settings(Frames.MAX_HEADER_LIST_SIZE, 1), "SETTINGS ACK"),
                row(
                        "unreadable authority",
                        out -> RawPeer.connect(out, 1, "user@h:1"),
                        "HEADERS 1 fin",
                        "RST 1 NO_ERROR"),
                row(
                        "broken HPACK",
                        out -> RawPeer.headers(out, 1, 0, block -> block.writeInt(-1)),
                        "GOAWAY 0 COMPRESSION_ERROR"),
                row("PING", out -> FrameWriter.ping(out, 42, false), "PING 42 ack"),
                row(
                        "unknown frame",
                        out -> {
                            FrameWriter.header(out, 3, 0x77, 0, 1);
                            out.writeZero(3);
                        }));
    }

    private static Consumer<ByteBuf> settings(int id, int value) {
        return out -> {
            FrameWriter.header(out, 6, Frames.SETTINGS, 0, 0);
            FrameWriter.setting(out, id, value);
        };
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ofServer")
    void aServerAnswers(String name, Consumer<ByteBuf> frames, List<String> answers) {
        try (RawPeer peer = RawPeer.ofServer()) {
            peer.send(frames);
            assertThat(peer.answers()).isEqualTo(answers);
            boolean goAway = answers.stream().anyMatch(answer -> answer.startsWith("GOAWAY"));
            assertThat(peer.channel.isOpen()).isEqualTo(!goAway);
            assertThat(peer.owner.end != null).isEqualTo(goAway);
            if (goAway) {
                assertThat(peer.held()).isZero();
            }
        }
    }

    /** E07. */
    @Test
    void refusesRequestsThatAreNoConnect() throws Http2Exception {
        Map<Http2Headers, List<String>> rows =
                Map.of(
                        new DefaultHttp2Headers()
                                .method("GET")
                                .scheme("https")
                                .path("/")
                                .authority("10.0.0.1:80"),
                        List.of("HEADERS 1 fin", "RST 1 NO_ERROR"),
                        new DefaultHttp2Headers()
                                .method("CONNECT")
                                .path("/")
                                .authority("10.0.0.1:80"),
                        List.of("RST 1 PROTOCOL_ERROR"),
                        new DefaultHttp2Headers()
                                .method("CONNECT")
                                .authority("10.0.0.1:80")
                                .add("x", "y".repeat(9000)),
                        List.of("HEADERS 1 fin", "RST 1 NO_ERROR"));
        for (Map.Entry<Http2Headers, List<String>> row : rows.entrySet()) {
            try (RawPeer peer = RawPeer.ofServer()) {
                peer.send(out -> RawPeer.headers(out, 1, 0, block -> encode(block, row.getKey())));
                assertThat(peer.answers()).as("%s", row.getKey()).isEqualTo(row.getValue());
                assertThat(peer.connection.streams()).isZero();
                assertThat(peer.owner.requested).isEmpty();
            }
        }
    }

    private static void encode(ByteBuf block, Http2Headers headers) {
        try {
            new DefaultHttp2HeadersEncoder().encodeHeaders(1, headers, block);
        } catch (Http2Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void firstFrameMustBeSettings() {
        try (RawPeer peer = new RawPeer(Role.SERVER)) {
            peer.answers();
            peer.send(
                    out -> {
                        out.writeBytes(Frames.preface());
                        FrameWriter.ping(out, 1, false);
                    });
            assertThat(peer.answers()).containsExactly("GOAWAY 0 PROTOCOL_ERROR");
        }
    }

    @Test
    void prefaceAndSettingsMustComeInTime() {
        try (RawPeer peer = new RawPeer(Role.SERVER)) {
            peer.answers();
            peer.pass(4_999);
            assertThat(peer.answers()).isEmpty();
            peer.pass(1);
            assertThat(peer.answers()).containsExactly("GOAWAY 0 SETTINGS_TIMEOUT");
            assertThat(peer.counters.hits(Limit.PREFACE_TIMEOUT)).isEqualTo(1);
        }
    }

    @Test
    void dataBeyondTheWindowsIsAnError() {
        try (RawPeer peer = RawPeer.ofServer()) {
            peer.send(out -> RawPeer.connect(out, 1, "10.0.0.1:80"));
            peer.owner.requested.getFirst().accept(Map.of());
            Collector collector = Collector.lazy(peer.owner.requested.getFirst());
            for (int i = 0; i < 4; i++) {
                peer.send(out -> RawPeer.data(out, 1, 1 << 20, 0));
            }
            assertThat(peer.answers()).containsExactly("HEADERS 1");
            peer.send(out -> RawPeer.data(out, 1, 1, 0));
            assertThat(peer.answers())
                    .containsExactly("RST 1 FLOW_CONTROL_ERROR", "WINDOW 0 4194305");
            assertThat(collector.events)
                    .containsExactly("broken stream broken by peer: FLOW_CONTROL_ERROR");
        }
    }

    /** F14: credit. */
    @Test
    void paddingAndDataForClosedStreamsAreCredited() {
        try (RawPeer peer = RawPeer.ofServer()) {
            peer.send(out -> RawPeer.connect(out, 1, "10.0.0.1:80"));
            peer.owner.requested.getFirst().accept(Map.of());
            Collector.eager(peer.owner.requested.getFirst());
            for (int i = 0; i < 20; i++) {
                peer.send(
                        out -> {
                            for (int frame = 0; frame < 1000; frame++) {
                                FrameWriter.header(out, 256, Frames.DATA, Frames.PADDED, 1);
                                out.writeByte(254).writeZero(255);
                            }
                        });
            }
            assertThat(peer.connection.window().held()).isZero();
            peer.owner.requested.getFirst().reset(ErrorCode.INTERNAL_ERROR);
            for (int i = 0; i < 40; i++) {
                peer.send(out -> RawPeer.data(out, 1, 1 << 20, 0));
            }
            assertThat(peer.connection.window().held()).isZero();
            assertThat(peer.owner.end).isNull();
            peer.answers();
            assertThat(peer.held()).isZero();
        }
    }

    @Test
    void aClientRefusesWhatAServerMayNotSend() {
        try (RawPeer peer = RawPeer.ofClient()) {
            Opening opening = new Opening();
            peer.connection.open(ConnectRequest.to("10.0.0.1:80"), opening);
            peer.send(out -> RawPeer.data(out, 1, 3, 0));
            peer.send(out -> RawPeer.ok(out, 1, 0));
            peer.send(out -> RawPeer.ok(out, 1, 0));
            assertThat(peer.answers()).containsExactly("HEADERS 1", "RST 1 PROTOCOL_ERROR");
            peer.send(out -> RawPeer.ok(out, 2, 0));
            assertThat(peer.answers()).containsExactly("GOAWAY 0 PROTOCOL_ERROR");
        }
    }

    /** E16: one connection. */
    @Test
    void aClientUsesNoMoreStreamsThanTheServerAllows() {
        try (RawPeer peer = new RawPeer(Role.CLIENT, HboneSettings.defaults())) {
            assertThat(peer.connection.room()).isEqualTo(100);
            peer.send(settings(Frames.MAX_CONCURRENT_STREAMS, 1));
            assertThat(peer.connection.room()).isEqualTo(1);
            peer.connection.open(ConnectRequest.to("10.0.0.1:80"), new Opening());
            assertThat(peer.connection.room()).isZero();
            peer.send(out -> FrameWriter.goAway(out, 1, 0));
            peer.send(settings(Frames.MAX_CONCURRENT_STREAMS, 0));
            assertThat(peer.connection.room()).isZero();
            assertThat(peer.owner.end).isNull();
        }
    }

    /** E15. */
    @Test
    void streamsAServerGoingAwayDidNotTakeMayBeTriedAgain() {
        try (RawPeer peer = RawPeer.ofClient()) {
            Opening taken = new Opening();
            Opening untaken = new Opening();
            peer.connection.open(ConnectRequest.to("10.0.0.1:80"), taken);
            peer.connection.open(ConnectRequest.to("10.0.0.1:80"), untaken);
            peer.send(out -> FrameWriter.goAway(out, 1, 0));
            assertThat(taken.why).isNull();
            assertThat(untaken.why)
                    .isNotNull()
                    .extracting(StreamEvents.Break::unprocessed)
                    .isEqualTo(true);
            peer.send(out -> FrameWriter.rstStream(out, 1, ErrorCode.REFUSED_STREAM));
            assertThat(taken.why)
                    .isNotNull()
                    .extracting(StreamEvents.Break::unprocessed)
                    .isEqualTo(true);
            assertThat(peer.owner.end)
                    .isEqualTo(new ConnectionEnd(ConnectionEnd.By.US, 0, "drained"));
        }
    }

    @Test
    void peersWithSmallFramesGetSmallFramesThatFillARecord() {
        try (RawPeer peer = RawPeer.ofClient()) {
            TunnelStream stream =
                    peer.connection.open(ConnectRequest.to("10.0.0.1:80"), new Opening());
            peer.send(out -> RawPeer.ok(out, 1, 0));
            peer.answers();
            stream.send(peer.alloc.directBuffer().writeZero(40_000));
            stream.flush();
            assertThat(peer.answers())
                    .containsExactly("DATA 1 16375", "DATA 1 16375", "DATA 1 7250");
        }
    }
}
