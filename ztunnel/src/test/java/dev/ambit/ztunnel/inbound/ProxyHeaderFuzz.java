package dev.ambit.ztunnel.inbound;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The PROXY header we write, for any two addresses and any identity, read back as its specification
 * says (section 2.2): lengths add up, and everything is what went in.
 */
public final class ProxyHeaderFuzz {

    private static final byte[] SIGNATURE = {13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10};

    private ProxyHeaderFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) throws UnknownHostException {
        if (input.length < 37) {
            return;
        }
        InetSocketAddress from = address(input, 1, (input[0] & 1) == 0);
        InetSocketAddress to = address(input, 19, (input[0] & 2) == 0);
        // A SPIFFE id has at most 2048 characters.
        String id =
                new String(
                        input, 37, Math.min(input.length - 37, 2048), StandardCharsets.ISO_8859_1);
        ByteBuf header = ProxyHeader.of(UnpooledByteBufAllocator.DEFAULT, from, to, id);
        try {
            read(header, from, to, id);
        } finally {
            header.release();
        }
    }

    private static InetSocketAddress address(byte[] in, int at, boolean v4)
            throws UnknownHostException {
        byte[] bytes = Arrays.copyOfRange(in, at, at + (v4 ? 4 : 16));
        int port = (in[at + 16] & 0xff) << 8 | (in[at + 17] & 0xff);
        return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
    }

    private static void read(
            ByteBuf header, InetSocketAddress from, InetSocketAddress to, String id)
            throws UnknownHostException {
        byte[] signature = new byte[SIGNATURE.length];
        header.readBytes(signature);
        expect("signature", Arrays.equals(signature, SIGNATURE));
        expect("command", header.readByte() == 0x21);
        int family = header.readByte();
        expect("length", header.readUnsignedShort() == header.readableBytes());
        byte[] source = new byte[family == 0x11 ? 4 : 16];
        byte[] target = new byte[source.length];
        header.readBytes(source).readBytes(target);
        expect("source", InetAddress.getByAddress(source).equals(from.getAddress()));
        expect("target", InetAddress.getByAddress(target).equals(to.getAddress()));
        expect("source port", header.readUnsignedShort() == from.getPort());
        expect("target port", header.readUnsignedShort() == to.getPort());
        expect("type", header.readUnsignedByte() == 0xD0);
        expect("identity length", header.readUnsignedShort() == header.readableBytes());
        expect("identity", header.toString(StandardCharsets.UTF_8).equals(id));
    }

    private static void expect(String what, boolean holds) {
        if (!holds) {
            throw new IllegalStateException(what + " is not what went in");
        }
    }
}
