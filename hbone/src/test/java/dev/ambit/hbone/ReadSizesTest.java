package dev.ambit.hbone;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator.ExtendedHandle;
import org.junit.jupiter.api.Test;

final class ReadSizesTest {

    private static final int HEADROOM = 9;

    private final ExtendedHandle handle = new ReadSizes(HEADROOM).newHandle();

    /** Like that of a process with so much direct memory. */
    private static final class Poor extends AbstractByteBufAllocator {
        private final int most;

        Poor(int most) {
            super(true);
            this.most = most;
        }

        @Override
        protected ByteBuf newDirectBuffer(int initial, int max) {
            if (initial > most) {
                throw new OutOfMemoryError("no " + initial + " bytes");
            }
            return UnpooledByteBufAllocator.DEFAULT.directBuffer(initial, max);
        }

        @Override
        protected ByteBuf newHeapBuffer(int initial, int max) {
            throw new AssertionError("a heap buffer has no address");
        }

        @Override
        public boolean isDirectBufferPooled() {
            return false;
        }
    }

    private int allocated(int most) {
        ByteBuf buffer = handle.allocate(new Poor(most));
        try {
            assertThat(buffer.hasMemoryAddress()).isTrue();
            assertThat(buffer.readerIndex()).isEqualTo(HEADROOM);
            buffer.writeBytes(new byte[buffer.writableBytes()]);
            return buffer.capacity();
        } finally {
            buffer.release();
        }
    }

    private void readsFill(int times) {
        for (int i = 0; i < times; i++) {
            handle.lastBytesRead(handle.guess() - HEADROOM);
        }
    }

    @Test
    void growsWhileReadsFillIt() {
        assertThat(allocated(Integer.MAX_VALUE)).isEqualTo(ReadSizes.SMALLEST);
        readsFill(10);
        assertThat(allocated(Integer.MAX_VALUE)).isEqualTo(ReadSizes.LARGEST);
    }

    /** J03: what is thrown here would end the loop on io_uring. */
    @Test
    void readsLittleWithoutMemoryAndNeverThrows() {
        readsFill(10);
        assertThat(allocated(ReadSizes.SMALLEST)).isEqualTo(ReadSizes.SMALLEST);
        readsFill(1);
        assertThat(allocated(0)).isEqualTo(ReadSizes.SMALLEST);
    }
}
