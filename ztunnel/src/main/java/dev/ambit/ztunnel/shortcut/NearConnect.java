package dev.ambit.ztunnel.shortcut;

import dev.ambit.hbone.ConnectRequest;
import dev.ambit.hbone.ConnectTarget;
import dev.ambit.hbone.HboneStream;
import dev.ambit.hbone.server.InboundConnect;
import dev.ambit.identity.tls.PeerIdentity;
import dev.ambit.ztunnel.policy.TrackedConnection;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.util.Map;

/**
 * A CONNECT that never was on a wire: what the destination's inbound path is asked, and where its
 * answer goes. On the source connection's loop.
 */
public final class NearConnect implements InboundConnect {

    /** What the caller learns, once. */
    public interface Answer {

        /** The application is connected, its side tracked: both are the caller's to couple. */
        void reached(SocketChannel application, TrackedConnection destination);

        /** The status a tunnel's client would have got; not told to a caller that gave up. */
        void refused(int status);
    }

    private final Asked asked;
    private final EventLoop loop;
    private final Answer answer;
    private Runnable whenGone = () -> {};
    private boolean answered;
    private boolean gone;

    /**
     * What a tunnel would have told.
     *
     * @param request the headers
     * @param target its authority, parsed
     * @param peer who asks, by the certificate a handshake would have shown
     * @param remote the address of the client
     * @param local the address its tunnel would have been made to
     */
    public record Asked(
            ConnectRequest request,
            ConnectTarget target,
            PeerIdentity peer,
            InetSocketAddress remote,
            InetSocketAddress local) {}

    public NearConnect(Asked asked, EventLoop loop, Answer answer) {
        this.asked = asked;
        this.loop = loop;
        this.answer = answer;
    }

    /** Both sides of the destination are there. */
    public void reached(SocketChannel application, TrackedConnection destination) {
        answered = true;
        answer.reached(application, destination);
    }

    @Override
    public ConnectRequest request() {
        return asked.request();
    }

    @Override
    public ConnectTarget target() {
        return asked.target();
    }

    @Override
    public PeerIdentity peer() {
        return asked.peer();
    }

    @Override
    public InetSocketAddress remote() {
        return asked.remote();
    }

    @Override
    public InetSocketAddress local() {
        return asked.local();
    }

    @Override
    public EventLoop loop() {
        return loop;
    }

    /** The caller waits no more: the inbound path hears of it as of a stream that was reset. */
    public void giveUp() {
        if (!gone && !answered) {
            gone = true;
            whenGone.run();
        }
    }

    @Override
    public boolean gone() {
        return gone;
    }

    @Override
    public void onGone(Runnable action) {
        if (gone) {
            action.run();
        } else {
            whenGone = action;
        }
    }

    /** There is no stream to be had: see {@link #reached}. */
    @Override
    public HboneStream accept(Map<String, String> responseHeaders) {
        throw new IllegalStateException("a connection on one node has no tunnel");
    }

    @Override
    public void refuse(int status) {
        answered = true;
        if (!gone) {
            answer.refused(status);
        }
    }
}
