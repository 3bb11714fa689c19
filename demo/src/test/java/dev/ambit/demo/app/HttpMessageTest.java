package dev.ambit.demo.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class HttpMessageTest {

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        HttpMessage message =
                new HttpMessage("GET /x HTTP/1.1", new TreeMap<>(Map.of("host", "a")), "größe");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        message.write(out);
        HttpMessage back = HttpMessage.read(new ByteArrayInputStream(out.toByteArray()));
        assertThat(back)
                .isEqualTo(
                        new HttpMessage(
                                "GET /x HTTP/1.1",
                                new TreeMap<>(Map.of("host", "a", "content-length", "7")),
                                "größe"));
    }

    @Test
    void chunksAreJoined() throws IOException {
        @Nullable HttpMessage answer =
                read(
                        """
                        HTTP/1.1 200 OK
                        Transfer-Encoding: chunked

                        3
                        abc
                        2;x=y
                        de
                        0
                        trailer: t

                        """
                                .replace("\n", "\r\n"));
        assertThat(body(answer)).isEqualTo("abcde");
    }

    @Test
    void anAnswerWithoutLengthLastsUntilTheEnd() throws IOException {
        @Nullable HttpMessage answer = read("HTTP/1.1 200 OK\r\n\r\nall of it");
        assertThat(body(answer)).isEqualTo("all of it");
    }

    @Test
    void aConnectionThatEndsBeforeAMessageIsNoError() throws IOException {
        assertThat(read("")).isNull();
    }

    @Test
    void aConnectionThatEndsWithinABodyIsAnError() {
        assertThatThrownBy(() -> read("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab"))
                .isInstanceOf(EOFException.class)
                .hasMessageContaining("2 of 5");
    }

    private static String body(@Nullable HttpMessage message) {
        return message == null ? "nothing was read" : message.body();
    }

    private static @Nullable HttpMessage read(String text) throws IOException {
        return HttpMessage.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }
}
