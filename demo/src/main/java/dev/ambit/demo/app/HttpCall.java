package dev.ambit.demo.app;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * One request on a connection of its own, never repeated: what fails on the way is seen, not hidden
 * by a client that tries again.
 */
record HttpCall(String host, int port, String path, Map<String, String> headers, Duration limit) {

    /** The answer, or why there is none. */
    sealed interface Result {
        record Answered(int status, HttpMessage message) implements Result {}

        record Failed(String reason) implements Result {}

        /** Short form for tables: a status, or a word of why. */
        default String summary() {
            return switch (this) {
                case Answered a -> Integer.toString(a.status());
                case Failed f -> f.reason();
            };
        }

        default boolean succeeded() {
            return this instanceof Answered a && a.status() < 400;
        }
    }

    Result send() {
        Map<String, String> all = new TreeMap<>(headers);
        all.put("host", host + ":" + port);
        all.put("connection", "close");
        try (Socket socket = new Socket()) {
            socket.setTcpNoDelay(true);
            InetAddress address = InetAddress.getAllByName(host)[0];
            socket.connect(new InetSocketAddress(address, port), (int) limit.toMillis());
            socket.setSoTimeout((int) limit.toMillis());
            new HttpMessage("GET " + path + " HTTP/1.1", all, "").write(socket.getOutputStream());
            HttpMessage answer = HttpMessage.read(new BufferedInputStream(socket.getInputStream()));
            return answer == null
                    ? new Result.Failed("closed")
                    : new Result.Answered(Integer.parseInt(answer.second()), answer);
        } catch (IOException | NumberFormatException e) {
            return new Result.Failed(word(e));
        }
    }

    private static String word(Exception e) {
        String text = String.valueOf(e.getMessage());
        if (text.contains("refused")) {
            return "refused";
        }
        if (text.contains("timed out")) {
            return "timeout";
        }
        return text.contains("reset") ? "reset" : e.getClass().getSimpleName();
    }
}
