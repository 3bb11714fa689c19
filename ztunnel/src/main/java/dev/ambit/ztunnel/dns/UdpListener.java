package dev.ambit.ztunnel.dns;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;

/** Questions by UDP. One of a pod's two loopback addresses. */
final class UdpListener extends SimpleChannelInboundHandler<DatagramPacket> {

    private final DnsService service;

    UdpListener(DnsService service) {
        this.service = service;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
        Channel channel = ctx.channel();
        service.handle(
                ByteBufUtil.getBytes(packet.content()),
                "udp",
                answer -> {
                    if (answer != null) {
                        channel.writeAndFlush(
                                new DatagramPacket(
                                        Unpooled.wrappedBuffer(answer), packet.sender()));
                    }
                });
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // Of one client that is gone (ICMP); the next question is another's.
    }
}
