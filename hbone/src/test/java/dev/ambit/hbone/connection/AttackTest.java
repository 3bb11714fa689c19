package dev.ambit.hbone.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.hbone.ConnectRequest;
import dev.ambit.hbone.ErrorCode;
import dev.ambit.hbone.Limit;
import dev.ambit.hbone.connection.WirePair.Opening;
import dev.ambit.hbone.frame.FrameWriter;
import dev.ambit.hbone.frame.Frames;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Attacks of reliability.md 1.E and 1.F that need more than one frame too many. */
final class AttackTest {

    private static Consumer<ByteBuf> setting(int id, long value) {
        return out -> {
            FrameWriter.header(out, 6, Frames.SETTINGS, 0, 0);
            out.writeShort(id).writeInt((int) value);
        };
    }

    /** F03: by size as well as by count, and never a whole block in memory. */
    @Test
    void f03EndlessContinuationEndsBefore64KiB() {
        try (RawPeer peer = RawPeer.ofServer()) {
            peer.send(out -> FrameWriter.header(out, 0, Frames.HEADERS, 0, 1));
            int sent = 0;
            while (peer.channel.isOpen()) {
                peer.send(
                        out -> {
                            FrameWriter.header(out, 4096, Frames.CONTINUATION, 0, 1);
                            out.writeZero(4096);
                        });
                sent += 4096;
                assertThat(sent).isLessThan(65_536);
            }
            assertThat(peer.answers().getLast()).startsWith("GOAWAY");
            assertThat(peer.held()).isZero();
        }
    }

    /** F09: HEADERS without content ask for a reset each. */
    @Test
    void f09EmptyHeadersAreCutOff() {
        try (RawPeer peer = RawPeer.ofServer()) {
            for (int i = 0; i < 1000 && peer.channel.isOpen(); i++) {
                int id = 2 * i + 1;
                peer.send(
                        out -> FrameWriter.header(out, 0, Frames.HEADERS, Frames.END_HEADERS, id));
            }
            assertThat(peer.answers().getLast()).endsWith("ENHANCE_YOUR_CALM");
            assertThat(peer.counters.hits(Limit.OWN_RESETS)).isEqualTo(1);
            assertThat(peer.connection.streams()).isZero();
            assertThat(peer.held()).isZero();
        }
    }

    /** F10. */
    @Test
    void f10SettingsOfTwoThousandEntriesEndTheConnection() {
        try (RawPeer peer = RawPeer.ofServer()) {
            peer.send(
                    out -> {
                        FrameWriter.header(out, 12_000, Frames.SETTINGS, 0, 0);
                        for (int i = 0; i < 2000; i++) {
                            out.writeShort(Frames.INITIAL_WINDOW_SIZE).writeInt(i);
                        }
                    });
            assertThat(peer.answers()).containsExactly("GOAWAY 0 ENHANCE_YOUR_CALM");
            assertThat(peer.counters.hits(Limit.SETTINGS_ENTRIES)).isEqualTo(1);
        }
    }

    /** F13: what a peer says it can read makes us neither reset nor loop. */
    @Test
    void f13AHeaderListSizeOfOneChangesNothing() {
        try (RawPeer peer = RawPeer.ofServer()) {
            peer.send(setting(Frames.MAX_HEADER_LIST_SIZE, 1));
            assertThat(peer.answers()).containsExactly("SETTINGS ACK");
            for (int i = 0; i < 150; i++) {
                int id = 2 * i + 1;
                peer.send(out -> RawPeer.connect(out, id, "10.0.0.1:80"));
                peer.owner.requested.getLast().accept(Map.of());
                assertThat(peer.answers()).containsExactly("HEADERS " + id);
            }
            assertThat(peer.owner.end).isNull();
        }
    }

    /** F14: nothing stays of frames for streams that are over. */
    @Test
    void f14DataForClosedStreamsCostsNoMemoryAndNoCredit() {
        try (RawPeer peer = RawPeer.ofServer()) {
            peer.send(out -> RawPeer.connect(out, 1, "10.0.0.1:80"));
            peer.owner.requested.getFirst().accept(Map.of());
            peer.owner.requested.getFirst().reset(ErrorCode.INTERNAL_ERROR);
            for (int i = 0; i < 1000; i++) {
                peer.send(
                        out -> {
                            for (int frame = 0; frame < 500; frame++) {
                                RawPeer.data(out, 1, 16, 0);
                                FrameWriter.header(out, 17, Frames.DATA, Frames.PADDED, 1);
                                out.writeByte(8).writeZero(16);
                            }
                        });
                peer.answers();
            }
            assertThat(peer.connection.window().held()).isZero();
            assertThat(peer.owner.end).isNull();
            assertThat(peer.held()).isZero();
        }
    }

    /** F15: resets and farewells in turns leave no stream behind. */
    @Test
    void f15ResetsBetweenGoAwaysLeakNoStream() {
        try (RawPeer peer = RawPeer.ofServer()) {
            for (int i = 0; i < 100_000; i++) {
                int id = 2 * i + 1;
                peer.send(out -> RawPeer.connect(out, id, "10.0.0.1:80"));
                peer.owner.requested.removeLast().accept(Map.of());
                peer.send(
                        out -> {
                            FrameWriter.goAway(out, 0, 0);
                            FrameWriter.rstStream(out, id, ErrorCode.CANCEL);
                        });
                if (i % 1000 == 0) {
                    peer.owner.events.clear();
                    peer.answers();
                }
            }
            peer.answers();
            assertThat(peer.connection.streams()).isZero();
            assertThat(peer.owner.end).isNull();
            assertThat(peer.held()).isZero();
        }
    }

    /** F35: our encoder has no table to grow; the same answer is the same bytes each time. */
    @Test
    void f35AHugeHeaderTableOfThePeerIsNotUsed() {
        try (RawPeer peer = RawPeer.ofServer()) {
            peer.send(setting(Frames.HEADER_TABLE_SIZE, 0xffff_ffffL));
            peer.answers();
            long before = peer.held();
            List<String> first = answer(peer, 1);
            for (int i = 1; i < 150; i++) {
                assertThat(answer(peer, 2 * i + 1)).hasSameSizeAs(first);
            }
            assertThat(peer.held()).isEqualTo(before);
        }
    }

    private static List<String> answer(RawPeer peer, int id) {
        peer.send(out -> RawPeer.connect(out, id, "10.0.0.1:80"));
        peer.owner.requested.getLast().accept(Map.of("baggage", "k8s.namespace.name=a"));
        peer.channel.runPendingTasks();
        ByteBuf bytes = peer.channel.readOutbound();
        List<String> octets = new ArrayList<>();
        bytes.skipBytes(9);
        while (bytes.isReadable()) {
            octets.add(Integer.toHexString(bytes.readUnsignedByte()));
        }
        bytes.release();
        return octets;
    }

    /** E06 beyond what an authority may be: too much of it is too large, anything else is wrong. */
    @Test
    void e06AuthoritiesThatAreNoneAreAnsweredAndReachNobody() {
        for (String authority :
                List.of(
                        "user@10.0.0.1:80",
                        "10.0.0.1",
                        "host:0",
                        "host:99999",
                        "[::1%eth0]:80",
                        "http://127.0.0.1:15000/quitquitquit",
                        "h\u00e4st:80",
                        "a\0b:80",
                        "a".repeat(256) + ":80",
                        "a".repeat(4096) + ":80",
                        "a".repeat(65_536) + ":80")) {
            try (RawPeer peer = RawPeer.ofServer()) {
                peer.send(out -> RawPeer.connect(out, 1, authority));
                assertThat(peer.owner.requested).as(authority).isEmpty();
                assertThat(peer.answers()).as(authority).isNotEmpty();
                assertThat(peer.connection.streams()).isZero();
            }
        }
    }

    /** E15: a server that leaves and then forbids streams harms neither. */
    @Test
    void e15GoAwayAndThenNoStreamsAtAllLeavesWhatRunsAlone() {
        try (RawPeer peer = RawPeer.ofClient()) {
            Opening running = new Opening();
            Opening queued = new Opening();
            peer.connection.open(ConnectRequest.to("10.0.0.1:80"), running);
            peer.connection.open(ConnectRequest.to("10.0.0.1:80"), queued);
            peer.send(out -> RawPeer.ok(out, 1, 0));
            peer.send(
                    out -> {
                        FrameWriter.goAway(out, 1, 0);
                        setting(Frames.MAX_CONCURRENT_STREAMS, 0).accept(out);
                    });
            assertThat(running.status).isEqualTo(200);
            assertThat(running.why).isNull();
            assertThat(queued.why)
                    .isNotNull()
                    .extracting(StreamEvents.Break::unprocessed)
                    .isEqualTo(true);
            assertThat(peer.connection.room()).isZero();
            assertThat(peer.owner.end).isNull();
        }
    }
}
