package dev.ambit.perf.load;

import io.netty.buffer.ByteBuf;

/** The few words of HTTP/1.1 that the load speaks. */
final class HttpText {

    static final String KEPT = "GET / HTTP/1.1\r\nhost: server\r\n\r\n";

    /** After the answer to this one the server closes. */
    static final String CLOSING =
            "GET /close HTTP/1.1\r\nhost: server\r\nconnection: close\r\n\r\n";

    private static final String BODY = "hello world\n";

    static final String ANSWER =
            "HTTP/1.1 200 OK\r\nserver: load\r\ncontent-type: text/plain\r\ncontent-length: "
                    + BODY.length()
                    + "\r\n\r\n"
                    + BODY;

    static final int ANSWER_BYTES = ANSWER.length();

    private HttpText() {}

    /** Finds the ends of requests without bodies, cut anywhere. */
    static final class RequestScanner {
        private static final int PATH_AT = "GET /".length();
        private static final int END = '\r' << 24 | '\n' << 16 | '\r' << 8 | '\n';

        private int at;
        private int lastFour;
        private boolean closing;

        /** Reads all of the buffer; how many requests end in it. */
        int take(ByteBuf in) {
            int ends = 0;
            while (in.isReadable()) {
                byte b = in.readByte();
                closing |= at == PATH_AT && b == 'c';
                at++;
                lastFour = lastFour << 8 | (b & 0xff);
                if (lastFour == END) {
                    ends++;
                    at = 0;
                    lastFour = 0;
                }
            }
            return ends;
        }

        /** Whether a request asked for the end of the connection. */
        boolean closing() {
            return closing;
        }
    }
}
