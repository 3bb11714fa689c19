package dev.ambit.ztunnel.inpod;

import dev.ambit.api.IpAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.jspecify.annotations.Nullable;

/**
 * Addresses of 127.0.0.0/8 that this process has for itself: proxies share their ports with whoever
 * asks (SO_REUSEPORT), so two test runs at the same addresses would take each other's connections.
 */
final class LoopbackRange {

    /** Of no meaning, except that who listens here, without sharing, owns the range. */
    private static final int CLAIM_PORT = 15_999;

    private static final int RANGES = 120 * 256;

    @SuppressWarnings("unused") // Kept open as long as the process lives.
    private static final ServerSocket CLAIM;

    private static final String PREFIX;

    static {
        @Nullable ServerSocket claimed = null;
        String prefix = "";
        long pid = ProcessHandle.current().pid();
        for (int attempt = 0; claimed == null; attempt++) {
            // Neighbouring process ids are far from each other; an odd factor reaches all.
            int range = (int) Math.floorMod(pid * 7_919 + attempt * 31L, (long) RANGES);
            prefix = "127." + (100 + range / 256) + "." + range % 256 + ".";
            claimed = claim(prefix + 1, attempt);
        }
        CLAIM = claimed;
        PREFIX = prefix;
    }

    private LoopbackRange() {}

    private static @Nullable ServerSocket claim(String address, int attempt) {
        try {
            ServerSocket claim = new ServerSocket();
            try {
                claim.setReuseAddress(false);
                claim.bind(new InetSocketAddress(address, CLAIM_PORT), 1);
                return claim;
            } catch (IOException taken) {
                claim.close();
                if (attempt == RANGES) {
                    throw taken;
                }
                return null;
            }
        } catch (IOException none) {
            throw new ExceptionInInitializerError(none);
        }
    }

    /** An address of the range: pods have those from 2 on, others those from 100 on. */
    static IpAddress address(int last) {
        return IpAddress.parse(PREFIX + last);
    }
}
