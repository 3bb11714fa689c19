package dev.ambit.perf.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BlocksTest {

    @ParameterizedTest(name = "cut after every {0} bytes")
    @ValueSource(ints = {1 << 20, Blocks.BYTES, Blocks.BYTES - 1, 4097})
    void theLastBlockIsFoundHoweverTheDataAreCut(int cut) {
        ByteBuf all = Unpooled.buffer();
        all.writeByte(Blocks.MORE).writeZero(Blocks.BYTES - 1);
        all.writeByte(Blocks.MORE).writeZero(Blocks.BYTES - 1);
        all.writeByte(Blocks.LAST).writeZero(Blocks.BYTES - 1);
        Blocks.Counter counter = new Blocks.Counter();
        boolean ended = false;
        while (all.isReadable()) {
            assertThat(ended).as("ended early").isFalse();
            ended = counter.take(all.readSlice(Math.min(cut, all.readableBytes())));
        }
        assertThat(ended).isTrue();
        assertThat(counter.bytes()).isEqualTo(3L * Blocks.BYTES);
    }

    @Test
    void anEndedRequestIsFoundAcrossReads() {
        HttpText.RequestScanner scanner = new HttpText.RequestScanner();
        String two = HttpText.KEPT + HttpText.CLOSING;
        int ends = 0;
        for (byte b : two.getBytes(java.nio.charset.StandardCharsets.US_ASCII)) {
            ends += scanner.take(Unpooled.wrappedBuffer(new byte[] {b}));
        }
        assertThat(ends).isEqualTo(2);
        assertThat(scanner.closing()).isTrue();
    }
}
