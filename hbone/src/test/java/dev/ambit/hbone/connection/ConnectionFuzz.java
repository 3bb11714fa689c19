package dev.ambit.hbone.connection;

import dev.ambit.hbone.ConnectRequest;
import dev.ambit.hbone.HboneSettings;
import java.util.Map;

/** What the peers of either side send, byte for byte; shared by the two targets. */
final class ConnectionFuzz {

    /** Streams may hold what their windows allow; a fuzz input is shorter. */
    private static final long MOST_HELD = 1 << 20;

    private ConnectionFuzz() {}

    /**
     * Never an exception, never more streams than announced, bounded memory while it lives and none
     * after it; it ends once.
     */
    static void run(Role role, byte[] input) {
        HboneSettings settings = HboneSettings.defaults();
        RawPeer peer = new RawPeer(role, settings);
        try {
            peer.greet();
            if (role == Role.CLIENT) {
                for (int i = 0; i < 3; i++) {
                    peer.connection.open(ConnectRequest.to("10.0.0.1:80"), new WirePair.Opening());
                }
            }
            feed(peer, input, role == Role.SERVER);
            peer.channel.checkException();
            if (peer.connection.streams() > settings.maxStreams()) {
                throw new IllegalStateException(peer.connection.streams() + " streams");
            }
            if (peer.held() > MOST_HELD) {
                throw new IllegalStateException(peer.held() + " bytes held");
            }
            // A keep-alive nobody answers, or a preface that never came, ends it.
            peer.pass(settings.pingInterval().plus(settings.pingTimeout()).toMillis() + 1_000);
            peer.answers();
        } finally {
            peer.close();
        }
        peer.channel.checkException();
        if (peer.owner.end == null) {
            throw new IllegalStateException("ended without a verdict");
        }
        if (peer.connection.streams() != 0 || peer.held() != 0) {
            throw new IllegalStateException(
                    "left: %d streams, %d bytes".formatted(peer.connection.streams(), peer.held()));
        }
    }

    private static void feed(RawPeer peer, byte[] input, boolean accept) {
        int accepted = 0;
        for (int at = 0; at < input.length && peer.channel.isOpen(); ) {
            int from = at;
            int n = Math.min(input.length - at, 1 + (input[at] & 0x3f));
            peer.send(out -> out.writeBytes(input, from, n));
            at += n;
            while (accept && accepted < peer.owner.requested.size()) {
                TunnelStream stream = peer.owner.requested.get(accepted++);
                if (stream.closed()) {
                    continue;
                }
                // Some are taken, some refused, some left to wait.
                switch (accepted % 3) {
                    case 0 -> stream.refuse(503);
                    case 1 -> {
                        stream.accept(Map.of());
                        if (!stream.closed()) {
                            Collector.eager(stream);
                        }
                    }
                    default -> {}
                }
            }
        }
    }
}
