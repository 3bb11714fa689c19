package dev.ambit.ztunnel.inbound;

import dev.ambit.api.IpAddress;
import dev.ambit.hbone.server.InboundConnect;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * The PROXY protocol v2 header an application with a tunnel of its own is sent first: who connects,
 * and where to. The client's identity goes along as a TLV.
 */
final class ProxyHeader {

    private static final byte[] SIGNATURE = {
        0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A
    };

    private static final int VERSION_2_PROXY = 0x21;
    private static final int TCP_OVER_IPV4 = 0x11;
    private static final int TCP_OVER_IPV6 = 0x21;

    /** The TLV of the client's SPIFFE id (ambient.md 1.22). */
    private static final int TLV_IDENTITY = 0xD0;

    private ProxyHeader() {}

    static ByteBuf of(ByteBufAllocator alloc, InboundConnect connect, InetSocketAddress target) {
        return of(alloc, connect.remote(), target, connect.peer().id().uri());
    }

    static ByteBuf of(
            ByteBufAllocator alloc,
            InetSocketAddress source,
            InetSocketAddress target,
            String identity) {
        IpAddress from = IpAddress.of(source.getAddress());
        IpAddress to = IpAddress.of(target.getAddress());
        boolean v4 = from.isV4() && to.isV4();
        byte[] id = identity.getBytes(StandardCharsets.UTF_8);
        int addresses = v4 ? 12 : 36;
        ByteBuf header = alloc.buffer(16 + addresses + 3 + id.length);
        header.writeBytes(SIGNATURE);
        header.writeByte(VERSION_2_PROXY);
        header.writeByte(v4 ? TCP_OVER_IPV4 : TCP_OVER_IPV6);
        header.writeShort(addresses + 3 + id.length);
        address(header, from, v4);
        address(header, to, v4);
        header.writeShort(source.getPort());
        header.writeShort(target.getPort());
        header.writeByte(TLV_IDENTITY);
        header.writeShort(id.length);
        header.writeBytes(id);
        return header;
    }

    private static void address(ByteBuf header, IpAddress address, boolean v4) {
        if (v4) {
            header.writeBytes(address.bytes());
        } else {
            // An IPv4 address among IPv6 ones goes as its mapping.
            header.writeLong(address.high());
            header.writeLong(address.low());
        }
    }
}
