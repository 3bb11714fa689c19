package dev.ambit.hbone;

import dev.ambit.runtime.net.SpareMemory;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/**
 * How much a socket reads at once: little while it is quiet, as much as fits the processor's cache
 * while it fills what it is given, less again when it does not. Each buffer begins with room for a
 * frame header.
 */
final class ReadSizes implements RecvByteBufAllocator {
    static final int SMALLEST = 2_048;
    static final int LARGEST = 262_144;

    /** Reads in a row that would have fitted the next smaller size before it is taken. */
    private static final int PATIENCE = 4;

    private final int headroom;

    ReadSizes(int headroom) {
        this.headroom = headroom;
    }

    @Override
    public ExtendedHandle newHandle() {
        return new Sizes(headroom);
    }

    /** One socket's. */
    static final class Sizes implements ExtendedHandle {
        private final int headroom;
        private int size = SMALLEST;
        private int small;
        private int attempted;
        private int last;
        private int turn;

        Sizes(int headroom) {
            this.headroom = headroom;
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator alloc) {
            // The size counts the headroom, so that with its header a full read fills whole TLS
            // records.
            return allocated(alloc).setIndex(headroom, headroom);
        }

        /**
         * On io_uring nobody catches what is thrown here: the loop would end, and all it serves. So
         * without direct memory it reads little, at worst into memory of the collector's, beyond
         * the limit; what the handlers allocate for it fails then, and ends this connection alone.
         */
        private ByteBuf allocated(ByteBufAllocator alloc) {
            try {
                return alloc.directBuffer(size, size);
            } catch (OutOfMemoryError none) {
                size = SMALLEST;
            }
            try {
                return alloc.directBuffer(size, size);
            } catch (OutOfMemoryError none) {
                return Unpooled.wrappedBuffer(SpareMemory.allocate(size));
            }
        }

        @Override
        public int guess() {
            return size;
        }

        @Override
        public void reset(ChannelConfig config) {
            turn = 0;
        }

        @Override
        public void incMessagesRead(int messages) {}

        @Override
        public void lastBytesRead(int bytes) {
            last = bytes;
            if (bytes > 0) {
                turn += bytes;
                adapt(bytes);
            }
        }

        private void adapt(int bytes) {
            if (bytes >= size - headroom) {
                size = Math.min(LARGEST, size << 2);
                small = 0;
            } else if (bytes < size >> 2 && size > SMALLEST) {
                if (++small >= PATIENCE) {
                    size = Math.max(SMALLEST, size >> 2);
                    small = 0;
                }
            } else {
                small = 0;
            }
        }

        @Override
        public int lastBytesRead() {
            return last;
        }

        @Override
        public void attemptedBytesRead(int bytes) {
            attempted = bytes;
        }

        @Override
        public int attemptedBytesRead() {
            return attempted;
        }

        /**
         * A full buffer means there is more; but other sockets want their turn, and what was read
         * its way out.
         */
        @Override
        public boolean continueReading() {
            return last == attempted && turn < LARGEST;
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
            return continueReading();
        }

        @Override
        public void readComplete() {}
    }
}
