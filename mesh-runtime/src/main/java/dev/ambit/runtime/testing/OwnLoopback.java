package dev.ambit.runtime.testing;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.jspecify.annotations.Nullable;

/**
 * Addresses of 127.0.0.0/8 that this process has for itself: proxies share their ports with whoever
 * asks (SO_REUSEPORT), so two test runs at the same addresses would take each other's connections.
 */
public final class OwnLoopback {

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

    private OwnLoopback() {}

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

    /**
     * An address of the range, as text.
     *
     * @param last 2 to 254; 1 shows that the range is taken
     */
    public static String address(int last) {
        if (last < 2 || last > 254) {
            throw new IllegalArgumentException("last: " + last + " (expected: 2-254)");
        }
        return PREFIX + last;
    }
}
