package dev.ambit.hbone.frame;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.hbone.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FrameReaderTest {
    private final UnpooledByteBufAllocator alloc = new UnpooledByteBufAllocator(false);

    @Test
    void readsEveryFrameItWrites() {
        ByteBuf out = Unpooled.buffer();
        FrameWriter.header(out, 6, Frames.SETTINGS, 0, 0);
        FrameWriter.setting(out, Frames.MAX_FRAME_SIZE, 0x123456);
        FrameWriter.settingsAck(out);
        FrameWriter.ping(out, 0x0123456789abcdefL, false);
        FrameWriter.ping(out, -1, true);
        FrameWriter.windowUpdate(out, 0, Integer.MAX_VALUE);
        FrameWriter.windowUpdate(out, Integer.MAX_VALUE, 1);
        FrameWriter.rstStream(out, 7, 0xffffffffL);
        FrameWriter.goAway(out, Integer.MAX_VALUE, 11);
        FrameWriter.header(out, 3, Frames.DATA, Frames.END_STREAM, 5);
        out.writeMedium(0xabcdef);
        assertThat(read(out))
                .containsExactly(
                        "settings 000500123456",
                        "settings ack",
                        "ping 81985529216486895",
                        "ping -1 ack",
                        "window 0 2147483647",
                        "window 2147483647 1",
                        "reset 7 4294967295",
                        "goaway 2147483647 11",
                        "data 5 flow 3",
                        "end 5 abcdef of 3 padding 0 fin");
    }

    @Test
    void handsDataOnBeforeTheFrameIsWhole() {
        Recorder recorder = new Recorder();
        FrameReader reader = new FrameReader(recorder, alloc, Limits.defaults(), 1 << 20, false);
        ByteBuf out = Unpooled.buffer();
        FrameWriter.header(out, 1 << 20, Frames.DATA, 0, 1);
        out.writeZero(100);
        reader.read(out);
        assertThat(recorder.payloadSoFar()).isEqualTo(100);
        reader.release();
    }

    @Property(tries = 300)
    void cutsDoNotMatter(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] stream = RandomFrames.valid(random, 1 + random.nextInt(30));
        List<String> whole = read(Unpooled.wrappedBuffer(stream));
        assertThat(whole).noneMatch(event -> event.startsWith("violation"));
        assertThat(readCut(stream, random)).isEqualTo(whole);
        assertThat(alloc.metric().usedHeapMemory()).isZero();
    }

    @Property(tries = 500)
    void brokenStreamsNeverThrowOrLeakAndCutsDoNotMatter(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] stream = RandomFrames.valid(random, 1 + random.nextInt(20));
        for (int i = 0; i < 1 + random.nextInt(8); i++) {
            stream[random.nextInt(stream.length)] = (byte) random.nextInt();
        }
        List<String> whole = read(Unpooled.wrappedBuffer(stream));
        assertThat(readCut(stream, random)).isEqualTo(whole);
        long violations = whole.stream().filter(event -> event.startsWith("violation")).count();
        assertThat(violations).isLessThanOrEqualTo(1);
        if (violations == 1) {
            assertThat(whole.getLast()).startsWith("violation");
        }
        assertThat(alloc.metric().usedHeapMemory()).isZero();
    }

    @Property(tries = 300)
    void noiseNeverThrowsOrLeaks(@ForAll byte[] noise, @ForAll long seed) {
        List<String> whole = read(Unpooled.wrappedBuffer(noise));
        assertThat(readCut(noise, new Random(seed))).isEqualTo(whole);
        assertThat(alloc.metric().usedHeapMemory()).isZero();
    }

    /** Frame as hex: length, type, flags, stream, payload; the single event expected. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "DATA on stream 0, 000001 00 00 00000000 00, violation PROTOCOL_ERROR",
        "padded DATA without pad length, 000000 00 08 00000001, violation FRAME_SIZE_ERROR",
        "HEADERS on stream 0, 000001 01 04 00000000 88, violation PROTOCOL_ERROR",
        "padded HEADERS without pad length, 000000 01 0c 00000001, violation FRAME_SIZE_ERROR",
        "HEADERS padding beyond the frame, 000002 01 0c 00000001 0588, violation PROTOCOL_ERROR",
        "HEADERS shorter than its priority, 000004 01 24 00000001 00000000, violation FRAME_SIZE_ERROR",
        "PRIORITY on stream 0, 000005 02 00 00000000 0000000000, violation PROTOCOL_ERROR",
        "PRIORITY of 4 bytes, 000004 02 00 00000001 00000000, stream violation 1 FRAME_SIZE_ERROR",
        "RST_STREAM of 3 bytes, 000003 03 00 00000001 000000, violation FRAME_SIZE_ERROR",
        "RST_STREAM on stream 0, 000004 03 00 00000000 00000000, violation PROTOCOL_ERROR",
        "SETTINGS on a stream, 000000 04 00 00000001, violation PROTOCOL_ERROR",
        "SETTINGS of 5 bytes, 000005 04 00 00000000 0000000000, violation FRAME_SIZE_ERROR",
        "SETTINGS ACK with payload, 000006 04 01 00000000 000100000000, violation FRAME_SIZE_ERROR",
        "PUSH_PROMISE, 000004 05 04 00000001 00000002, violation PROTOCOL_ERROR",
        "PING of 7 bytes, 000007 06 00 00000000 00000000000000, violation FRAME_SIZE_ERROR",
        "PING on a stream, 000008 06 00 00000001 0000000000000000, violation PROTOCOL_ERROR",
        "GOAWAY of 7 bytes, 000007 07 00 00000000 00000000000000, violation FRAME_SIZE_ERROR",
        "GOAWAY on a stream, 000008 07 00 00000001 0000000000000000, violation PROTOCOL_ERROR",
        "WINDOW_UPDATE of 3 bytes, 000003 08 00 00000000 000000, violation FRAME_SIZE_ERROR",
        "WINDOW_UPDATE of 0 on the connection, 000004 08 00 00000000 00000000, violation PROTOCOL_ERROR",
        "WINDOW_UPDATE of 0 on a stream, 000004 08 00 00000003 80000000, stream violation 3 PROTOCOL_ERROR",
        "CONTINUATION without HEADERS, 000000 09 04 00000001, violation PROTOCOL_ERROR",
        "frame above the limit, 100001 00 00 00000001, violation FRAME_SIZE_ERROR",
        "SETTINGS of 65 entries, 000186 04 00 00000000, violation ENHANCE_YOUR_CALM settings_entries",
        "header block above the limit, 005000 01 04 00000001, violation ENHANCE_YOUR_CALM header_list",
        "GOAWAY of 4 KiB, 001000 07 00 00000000, violation ENHANCE_YOUR_CALM",
        "unknown type, 000002 fe ff 00000009 abcd, unknown 254"
    })
    void judgesFrames(String name, String hex, String event) {
        ByteBuf out = Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex.replace(" ", "")));
        assertThat(read(out)).containsExactly(event);
    }

    @Test
    void refusesPaddingAsLongAsTheFrame() {
        ByteBuf out = Unpooled.buffer();
        FrameWriter.header(out, 3, Frames.DATA, Frames.PADDED, 1);
        out.writeByte(3).writeZero(2);
        assertThat(read(out)).containsExactly("data 1 flow 3", "violation PROTOCOL_ERROR");
    }

    @Test
    void joinsContinuationsAndRefusesOthersBetween() {
        ByteBuf out = Unpooled.buffer();
        FrameWriter.header(out, 1, Frames.HEADERS, Frames.END_STREAM, 1);
        out.writeByte(0xaa);
        FrameWriter.header(out, 1, Frames.CONTINUATION, 0, 1);
        out.writeByte(0xbb);
        FrameWriter.header(out, 1, Frames.CONTINUATION, Frames.END_HEADERS, 1);
        out.writeByte(0xcc);
        assertThat(read(out)).containsExactly("headers 1 aabbcc fin");

        out.clear();
        FrameWriter.header(out, 1, Frames.HEADERS, 0, 1);
        out.writeByte(0xaa);
        FrameWriter.ping(out, 1, false);
        assertThat(read(out)).containsExactly("violation PROTOCOL_ERROR");
    }

    @Test
    void endsContinuationsWithoutEnd() {
        ByteBuf out = Unpooled.buffer();
        FrameWriter.header(out, 1, Frames.HEADERS, 0, 1);
        out.writeByte(0xaa);
        for (int i = 0; i < 17; i++) {
            FrameWriter.header(out, 1, Frames.CONTINUATION, 0, 1);
            out.writeByte(0xbb);
        }
        assertThat(read(out)).containsExactly("violation ENHANCE_YOUR_CALM continuations");

        out.clear();
        FrameWriter.header(out, 1, Frames.HEADERS, 0, 1);
        out.writeByte(0xaa);
        for (int i = 0; i < 5; i++) {
            FrameWriter.header(out, 0, Frames.CONTINUATION, 0, 1);
        }
        assertThat(read(out)).containsExactly("violation ENHANCE_YOUR_CALM continuations");
    }

    @Test
    void refusesAnotherPreface() {
        ByteBuf http1 =
                Unpooled.copiedBuffer(
                        "CONNECT 10.0.0.1:80 HTTP/1.1\r\n\r\n", StandardCharsets.US_ASCII);
        Recorder recorder = new Recorder();
        FrameReader reader = new FrameReader(recorder, alloc, Limits.defaults(), 1 << 20, true);
        reader.read(http1);
        assertThat(recorder.events).containsExactly("violation PROTOCOL_ERROR");
    }

    private List<String> read(ByteBuf in) {
        Recorder recorder = new Recorder();
        FrameReader reader = new FrameReader(recorder, alloc, Limits.defaults(), 1 << 20, false);
        reader.read(in);
        assertThat(in.isReadable()).isFalse();
        reader.release();
        return recorder.events;
    }

    private List<String> readCut(byte[] stream, Random random) {
        Recorder recorder = new Recorder();
        FrameReader reader = new FrameReader(recorder, alloc, Limits.defaults(), 1 << 20, false);
        int at = 0;
        int most = 1 + random.nextInt(random.nextBoolean() ? 4 : 4000);
        while (at < stream.length) {
            int n = Math.min(stream.length - at, 1 + random.nextInt(most));
            reader.read(Unpooled.wrappedBuffer(stream, at, n));
            at += n;
        }
        reader.release();
        return recorder.events;
    }
}
