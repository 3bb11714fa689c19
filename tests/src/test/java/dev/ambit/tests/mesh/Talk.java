package dev.ambit.tests.mesh;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** What a client says to an {@link EchoApp}, and how it ended. */
public final class Talk {

    private Talk() {}

    /** Sends the text on a new connection and returns what came back; empty if it was refused. */
    public static String once(TestPod from, String ip, int port, String text) {
        try (Socket s = from.connect(ip, port)) {
            return on(s, text);
        } catch (IOException refused) {
            return "";
        }
    }

    /** Sends the text on an open connection; throws or returns less if the connection is gone. */
    public static String on(Socket s, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        s.getOutputStream().write(bytes);
        return new String(s.getInputStream().readNBytes(bytes.length), StandardCharsets.UTF_8);
    }

    /** Whether the peer ends the connection, by FIN or RST, within the socket's patience. */
    public static boolean ends(Socket s) {
        try {
            return s.getInputStream().read() < 0;
        } catch (java.net.SocketTimeoutException still) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }
}
