package dev.ambit.ztunnel.socket;

import java.net.InetAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Options of every socket of the data path.
 *
 * @param packetMark {@code PACKET_MARK}: the mark that keeps our own packets from being captured
 *     again; null leaves them unmarked (dedicated mode)
 * @param originalSource {@code ENABLE_ORIG_SRC}: whether the application sees its client's address;
 *     null tries and uses it if it works
 * @param ipv6 {@code IPV6_ENABLED}: listeners take both families
 * @param keepalive TCP keepalive; null when switched off
 * @param userTimeout TCP_USER_TIMEOUT; null when switched off
 * @param connectTimeout how long a connection to an application may take
 * @param ownAddress the one address a pod has where it has no namespace of its own, as in tests on
 *     loopback; null: its namespace decides
 */
public record SocketConfig(
        @Nullable Integer packetMark,
        @Nullable Boolean originalSource,
        boolean ipv6,
        @Nullable KeepaliveConfig keepalive,
        @Nullable Duration userTimeout,
        Duration connectTimeout,
        @Nullable InetAddress ownAddress) {

    /** These options for a pod of that address. */
    public SocketConfig at(InetAddress address) {
        return new SocketConfig(
                packetMark, originalSource, ipv6, keepalive, userTimeout, connectTimeout, address);
    }

    /**
     * These options for sockets of this process's own pod, where nothing is captured: without the
     * mark, and without the address of others.
     */
    public SocketConfig ours() {
        return new SocketConfig(
                null, false, ipv6, keepalive, userTimeout, connectTimeout, ownAddress);
    }

    /** The mark in-pod redirection rules let through. */
    public static final int MESH_MARK = 1337;

    /** {@code KEEPALIVE_TIME}, {@code KEEPALIVE_INTERVAL}, {@code KEEPALIVE_RETRIES}. */
    public record KeepaliveConfig(Duration time, Duration interval, int retries) {}
}
