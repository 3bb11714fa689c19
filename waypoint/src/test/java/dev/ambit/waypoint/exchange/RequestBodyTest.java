package dev.ambit.waypoint.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.waypoint.upstream.UpstreamStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class RequestBodyTest {

    /** Takes so many parts, then no more. */
    private static final class Sink implements UpstreamStream {
        private final StringBuilder got = new StringBuilder();
        private int room = Integer.MAX_VALUE;

        @Override
        public void write(HttpObject part) {
            HttpContent content = (HttpContent) part;
            got.append(content.content().toString(StandardCharsets.UTF_8));
            content.release();
            room--;
        }

        @Override
        public boolean writable() {
            return room > 0;
        }

        @Override
        public void flush() {}

        @Override
        public void reading(boolean on) {}

        @Override
        public void cancel() {}

        @Override
        public boolean reused() {
            return false;
        }

        @Override
        public Channel channel() {
            throw new AssertionError("the body has no business with the channel");
        }
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }

    @Test
    void sendsAgainFromTheBeginning() {
        RequestBody body = new RequestBody(100);
        body.add(new DefaultHttpContent(bytes("ab")));
        Sink first = new Sink();
        body.pump(first);
        body.add(new DefaultLastHttpContent(bytes("cd")));
        assertThat(body.replayable()).isTrue();
        body.rewind();
        Sink second = new Sink();
        body.pump(second);
        assertThat(second.got.toString()).isEqualTo("abcd");
        assertThat(body.sent()).isTrue();
        body.release();
    }

    @Test
    void isTriedOnceBeyondTheLimitButLosesNothing() {
        RequestBody body = new RequestBody(3);
        Sink sink = new Sink();
        body.add(new DefaultHttpContent(bytes("ab")));
        body.pump(sink);
        body.add(new DefaultHttpContent(bytes("cd")));
        assertThat(body.replayable()).isFalse();
        body.pump(sink);
        body.add(new DefaultLastHttpContent(bytes("ef")));
        body.pump(sink);
        assertThat(sink.got.toString()).isEqualTo("abcdef");
        assertThat(body.sent()).isTrue();
        body.release();
    }

    @Test
    void aLongBodyThatWasNotSentYetMayStillBeTried() {
        RequestBody body = new RequestBody(3);
        body.add(new DefaultLastHttpContent(bytes("abcdef")));
        assertThat(body.replayable()).isTrue();
        Sink sink = new Sink();
        body.pump(sink);
        assertThat(sink.got.toString()).isEqualTo("abcdef");
        assertThat(body.replayable()).isFalse();
        body.release();
    }

    @Test
    void isFullWhileASlowDestinationTakesNothing() {
        RequestBody body = new RequestBody(1000);
        Sink sink = new Sink();
        sink.room = 1;
        body.add(new DefaultHttpContent(bytes("x".repeat(10_000))));
        body.pump(sink);
        assertThat(body.full()).isFalse();
        body.add(new DefaultHttpContent(bytes("y".repeat(100_000))));
        body.pump(sink);
        assertThat(body.full()).isTrue();
        sink.room = 5;
        body.pump(sink);
        assertThat(body.full()).isFalse();
        body.release();
    }
}
