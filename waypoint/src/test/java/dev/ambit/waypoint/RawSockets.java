package dev.ambit.waypoint;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Bytes on sockets, said and heard without any codec. */
final class RawSockets implements AutoCloseable {

    final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    interface Talk {
        void on(Socket socket) throws IOException;
    }

    /** A server for one connection after another. */
    ServerSocket server(Talk talk) throws IOException {
        ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.execute(
                () -> {
                    while (true) {
                        try {
                            Socket socket = server.accept();
                            threads.execute(
                                    () -> {
                                        try (socket) {
                                            talk.on(socket);
                                        } catch (IOException e) {
                                            return;
                                        }
                                    });
                        } catch (IOException e) {
                            return;
                        }
                    }
                });
        return server;
    }

    static Socket connect(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(20_000);
        return socket;
    }

    static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    /** Lines of a head and the empty one after it. */
    static String lines(String... lines) {
        return String.join("\r\n", lines) + "\r\n\r\n";
    }

    static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int b;
        while ((b = in.read()) >= 0 && b != '\n') {
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        String line = line(in);
        while (!line.isEmpty()) {
            head.append(line).append('\n');
            line = line(in);
        }
        return head.toString();
    }

    static String rest(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
