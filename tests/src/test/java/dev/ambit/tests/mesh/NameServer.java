package dev.ambit.tests.mesh;

import dev.ambit.runtime.linux.Netns;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A name server in a namespace: says 192.0.2.53 to every question, and remembers who asked. */
public final class NameServer implements AutoCloseable {

    public static final String ANSWER = "192.0.2.53";

    private final DatagramSocket socket;
    private final List<String> askers = new CopyOnWriteArrayList<>();

    public NameServer(Path netns, String address) {
        try (Netns ns = Netns.open(netns)) {
            socket = bound(ns, address, 53);
        }
        Thread.ofPlatform().daemon().name("name-server").start(this::serve);
    }

    /** A socket stays in the namespace it was made in. */
    private static DatagramSocket bound(Netns ns, String address, int port) {
        DatagramChannel channel =
                ns.call(
                        () -> {
                            try {
                                return DatagramChannel.open()
                                        .bind(new InetSocketAddress(address, port));
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        });
        return channel.socket();
    }

    private void serve() {
        byte[] buffer = new byte[4096];
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                askers.add(packet.getAddress().getHostAddress());
                byte[] question = Arrays.copyOf(buffer, packet.getLength());
                ByteBuffer answer = ByteBuffer.allocate(question.length + 16);
                answer.put(question).put((byte) 0xc0).put((byte) 12);
                answer.putShort((short) 1).putShort((short) 1).putInt(300).putShort((short) 4);
                answer.put(dev.ambit.api.IpAddress.parse(ANSWER).toInetAddress().getAddress());
                answer.putShort(2, (short) 0x8180).putShort(6, (short) 1);
                socket.send(
                        new DatagramPacket(
                                answer.array(), answer.capacity(), packet.getSocketAddress()));
            } catch (IOException closed) {
                return;
            }
        }
    }

    public List<String> askers() {
        return askers;
    }

    /**
     * Asks a server for the address of a name from inside a pod, as a resolver would.
     *
     * @return the first address, {@code "code n"} for an error or no address, "" if nobody answers
     */
    public static String ask(TestPod from, String server, String name) {
        try (DatagramSocket socket = bound(from.netns(), "0.0.0.0", 0)) {
            byte[] question = question(name);
            socket.setSoTimeout(5000);
            socket.send(
                    new DatagramPacket(
                            question,
                            question.length,
                            dev.ambit.api.IpAddress.parse(server).toInetAddress(),
                            53));
            DatagramPacket answer = new DatagramPacket(new byte[4096], 4096);
            socket.receive(answer);
            byte[] bytes = Arrays.copyOf(answer.getData(), answer.getLength());
            if (bytes[7] == 0) {
                return "code " + (bytes[3] & 15);
            }
            // One address and nothing after it: what the tests ask for.
            return InetAddress.getByAddress(
                            Arrays.copyOfRange(bytes, bytes.length - 4, bytes.length))
                    .getHostAddress();
        } catch (IOException nobody) {
            return "";
        }
    }

    private static byte[] question(String name) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeShort(0x4d42);
        out.writeShort(0x0100);
        out.writeShort(1);
        out.writeShort(0);
        out.writeInt(0);
        for (String label : name.split("\\.", -1)) {
            out.writeByte(label.length());
            out.write(label.getBytes(StandardCharsets.US_ASCII));
        }
        out.writeByte(0);
        out.writeShort(1);
        out.writeShort(1);
        return bytes.toByteArray();
    }

    @Override
    public void close() {
        socket.close();
    }
}
