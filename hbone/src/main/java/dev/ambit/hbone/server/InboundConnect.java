package dev.ambit.hbone.server;

import dev.ambit.hbone.ConnectRequest;
import dev.ambit.hbone.ConnectTarget;
import dev.ambit.hbone.HboneStream;
import dev.ambit.identity.tls.PeerIdentity;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.Map;

/** One CONNECT that waits for its answer. On the connection's loop throughout; answer once. */
public interface InboundConnect {
    /** What was asked. */
    ConnectRequest request();

    /** Its authority, parsed. */
    ConnectTarget target();

    /** Who asks, proven by the handshake. */
    PeerIdentity peer();

    /** The peer's address. */
    InetSocketAddress remote();

    /** The address it connected to. */
    InetSocketAddress local();

    /** The connection's loop, where the other leg belongs. */
    EventLoop loop();

    /** Whether the peer gave up before the answer; answering is still allowed and does nothing. */
    boolean gone();

    /** Called once if the peer gives up before the answer, at once if it already has. */
    void onGone(Runnable action);

    /**
     * Answers 200. Bytes the peer sent early wait for {@link HboneStream#receiver}; if the peer is
     * gone, the receiver is told at once.
     */
    HboneStream accept(Map<String, String> responseHeaders);

    /** Answers with another status and ends the stream; bytes the peer sent early are dropped. */
    void refuse(int status);
}
