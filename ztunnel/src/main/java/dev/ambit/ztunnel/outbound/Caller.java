package dev.ambit.ztunnel.outbound;

import dev.ambit.api.workload.Workload;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;

/**
 * The application's side of a connection.
 *
 * @param application its socket
 * @param source its workload
 * @param client the address it comes from
 * @param target where it meant to go
 * @param startNanos when it was accepted, of the system's nano clock
 */
record Caller(
        SocketChannel application,
        Workload source,
        InetSocketAddress client,
        InetSocketAddress target,
        long startNanos) {}
