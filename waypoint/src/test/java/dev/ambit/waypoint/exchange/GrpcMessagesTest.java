package dev.ambit.waypoint.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GrpcMessagesTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 7, 1000})
    void countsMessagesInPiecesOfAnySize(int piece) {
        ByteBuf all = Unpooled.buffer();
        for (int length : new int[] {0, 1, 300, 0, 7}) {
            all.writeByte(0).writeInt(length).writeZero(length);
        }
        GrpcMessages messages = new GrpcMessages();
        while (all.isReadable()) {
            messages.see(all.readSlice(Math.min(piece, all.readableBytes())));
        }
        assertThat(messages.count()).isEqualTo(5);
    }
}
