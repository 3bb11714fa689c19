package dev.ambit.perf.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;

/**
 * Bulk data: blocks of one size, of which the last begins with another byte. So the end needs no
 * half-close, and every byte that was sent is counted by who received it.
 */
final class Blocks {

    static final int BYTES = 128 << 10;
    static final byte MORE = 0;
    static final byte LAST = 1;

    private static final ByteBuf MIDDLE = block(MORE);
    private static final ByteBuf END = block(LAST);

    private Blocks() {}

    /** Writes blocks until the socket takes no more. */
    static void fill(Channel to) {
        while (to.isWritable()) {
            to.write(MIDDLE.duplicate());
        }
        to.flush();
    }

    static void end(Channel to) {
        to.writeAndFlush(END.duplicate());
    }

    private static ByteBuf block(byte first) {
        ByteBuf block = Unpooled.directBuffer(BYTES).writeByte(first).writeZero(BYTES - 1);
        return Unpooled.unreleasableBuffer(block);
    }

    /** Counts blocks as they arrive, cut anywhere. */
    static final class Counter {
        private long bytes;
        private boolean last;

        /** Takes all of the buffer; true when the last block is whole. */
        boolean take(ByteBuf in) {
            int readable = in.readableBytes();
            int toStart = (int) ((BYTES - bytes % BYTES) % BYTES);
            for (int at = toStart; at < readable; at += BYTES) {
                last = in.getByte(in.readerIndex() + at) == LAST;
            }
            bytes += readable;
            return last && bytes % BYTES == 0;
        }

        long bytes() {
            return bytes;
        }
    }
}
