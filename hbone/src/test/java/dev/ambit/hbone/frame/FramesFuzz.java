package dev.ambit.hbone.frame;

import dev.ambit.hbone.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.List;
import java.util.Random;

/**
 * A stream of frames, whole and cut into pieces: the same is reported, nothing after a violation,
 * and no more is held in between than a header block may have.
 */
public final class FramesFuzz {

    private static final int MAX_FRAME = 1 << 20;
    private static final Limits LIMITS = Limits.defaults();
    private static final int MOST_HELD = 8 * LIMITS.headerListBytes();

    private FramesFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        boolean server = input.length > 0 && (input[0] == 'P');
        List<String> whole = read(input, server, input.length);
        for (int longest : new int[] {1, 3, 20}) {
            List<String> cut = read(input, server, longest);
            if (!cut.equals(whole)) {
                throw new IllegalStateException("cut it reads %s, whole %s".formatted(cut, whole));
            }
        }
    }

    private static List<String> read(byte[] input, boolean server, int longest) {
        Recorder recorder = new Recorder();
        UnpooledByteBufAllocator alloc = new UnpooledByteBufAllocator(false);
        FrameReader reader = new FrameReader(recorder, alloc, LIMITS, MAX_FRAME, server);
        Random cuts = new Random(input.length);
        for (int at = 0; at < input.length; ) {
            int n = Math.min(input.length - at, longest == 1 ? 1 : 1 + cuts.nextInt(longest));
            n = longest == input.length ? longest : n;
            ByteBuf piece = Unpooled.wrappedBuffer(input, at, n);
            reader.read(piece);
            if (piece.isReadable()) {
                throw new IllegalStateException(piece.readableBytes() + " bytes not read");
            }
            at += n;
            if (alloc.metric().usedHeapMemory() > MOST_HELD) {
                throw new IllegalStateException("held: " + alloc.metric());
            }
        }
        reader.release();
        if (alloc.metric().usedHeapMemory() != 0) {
            throw new IllegalStateException("held after the end: " + alloc.metric());
        }
        return recorder.events;
    }
}
