package dev.ambit.ztunnel.dns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** A name server of 127.88.0.0/16 that says whatever the test wants. */
final class FakeNameServer implements AutoCloseable {

    private final DatagramSocket udp;
    private final ServerSocket tcp;
    final AtomicInteger udpQuestions = new AtomicInteger();
    final AtomicInteger tcpQuestions = new AtomicInteger();

    /** What is sent back for a datagram, in this order. */
    volatile Function<byte[], List<byte[]>> byUdp;

    /** What is sent back on a stream. */
    volatile Function<byte[], byte[]> byTcp;

    FakeNameServer(Function<byte[], byte[]> answer) throws IOException {
        byUdp = question -> List.of(answer.apply(question));
        byTcp = answer;
        InetAddress address = dev.ambit.api.IpAddress.parse("127.88.0.1").toInetAddress();
        tcp = new ServerSocket(0, 10, address);
        udp = new DatagramSocket(new InetSocketAddress(address, tcp.getLocalPort()));
        Thread.ofVirtual().start(this::serveUdp);
        Thread.ofVirtual().start(this::serveTcp);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) tcp.getLocalSocketAddress();
    }

    private void serveUdp() {
        byte[] buffer = new byte[65_535];
        while (!udp.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                udp.receive(packet);
                udpQuestions.incrementAndGet();
                byte[] question = Arrays.copyOf(buffer, packet.getLength());
                for (byte[] answer : byUdp.apply(question)) {
                    udp.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                }
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serveTcp() {
        while (!tcp.isClosed()) {
            try {
                Socket client = tcp.accept();
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            DataInputStream in = new DataInputStream(client.getInputStream());
            DataOutputStream out = new DataOutputStream(client.getOutputStream());
            while (true) {
                byte[] question = in.readNBytes(in.readUnsignedShort());
                tcpQuestions.incrementAndGet();
                byte[] answer = byTcp.apply(question);
                out.writeShort(answer.length);
                out.write(answer);
                out.flush();
            }
        } catch (IOException ended) {
            // As clients do.
        }
    }

    @Override
    public void close() {
        udp.close();
        try {
            tcp.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
