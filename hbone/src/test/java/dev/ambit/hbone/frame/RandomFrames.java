package dev.ambit.hbone.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Random;

/** Streams of well-formed frames, chosen at random. */
final class RandomFrames {
    private RandomFrames() {}

    static byte[] valid(Random random, int frames) {
        ByteBuf out = Unpooled.buffer();
        for (int i = 0; i < frames; i++) {
            frame(out, random);
        }
        return ByteBufUtil.getBytes(out);
    }

    private static void frame(ByteBuf out, Random random) {
        int stream = 1 + random.nextInt(9);
        switch (random.nextInt(10)) {
            case 0, 1, 2 -> data(out, random, stream);
            case 3 -> headers(out, random, stream);
            case 4 -> {
                FrameWriter.header(out, 5, Frames.PRIORITY, 0, stream);
                out.writeZero(5);
            }
            case 5 -> FrameWriter.rstStream(out, stream, random.nextInt(14));
            case 6 -> {
                int entries = random.nextInt(4);
                FrameWriter.header(out, 6 * entries, Frames.SETTINGS, 0, 0);
                for (int i = 0; i < entries; i++) {
                    FrameWriter.setting(out, random.nextInt(9), random.nextInt());
                }
            }
            case 7 -> FrameWriter.ping(out, random.nextLong(), random.nextBoolean());
            case 8 -> FrameWriter.windowUpdate(out, random.nextInt(9), 1 + random.nextInt(1 << 20));
            default -> {
                int length = random.nextInt(50);
                FrameWriter.header(
                        out,
                        length,
                        0x20 + random.nextInt(100),
                        random.nextInt(256),
                        random.nextInt(9));
                bytes(out, random, length);
            }
        }
    }

    private static void data(ByteBuf out, Random random, int stream) {
        int payload = random.nextInt(3) == 0 ? 0 : random.nextInt(2000);
        int end = random.nextInt(2) * Frames.END_STREAM;
        if (random.nextBoolean()) {
            FrameWriter.header(out, payload, Frames.DATA, end, stream);
            bytes(out, random, payload);
        } else {
            int padding = random.nextInt(256);
            FrameWriter.header(
                    out, 1 + payload + padding, Frames.DATA, end | Frames.PADDED, stream);
            out.writeByte(padding);
            bytes(out, random, payload);
            out.writeZero(padding);
        }
    }

    private static void headers(ByteBuf out, Random random, int stream) {
        int pieces = 1 + random.nextInt(4);
        for (int i = 0; i < pieces; i++) {
            int flags = i == pieces - 1 ? Frames.END_HEADERS : 0;
            int length = 1 + random.nextInt(100);
            if (i > 0) {
                FrameWriter.header(out, length, Frames.CONTINUATION, flags, stream);
                bytes(out, random, length);
                continue;
            }
            boolean padded = random.nextBoolean();
            boolean priority = random.nextBoolean();
            int padding = padded ? random.nextInt(256) : 0;
            flags |= (padded ? Frames.PADDED : 0) | (priority ? Frames.PRIORITY_FLAG : 0);
            int extra = (padded ? 1 : 0) + (priority ? 5 : 0) + padding;
            FrameWriter.header(out, length + extra, Frames.HEADERS, flags, stream);
            if (padded) {
                out.writeByte(padding);
            }
            out.writeZero(priority ? 5 : 0);
            bytes(out, random, length);
            out.writeZero(padding);
        }
    }

    private static void bytes(ByteBuf out, Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        out.writeBytes(bytes);
    }
}
