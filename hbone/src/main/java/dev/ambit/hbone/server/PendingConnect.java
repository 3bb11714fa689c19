package dev.ambit.hbone.server;

import dev.ambit.hbone.ConnectRequest;
import dev.ambit.hbone.ConnectTarget;
import dev.ambit.hbone.HboneStream;
import dev.ambit.hbone.connection.StreamEvents;
import dev.ambit.hbone.connection.TunnelStream;
import dev.ambit.hbone.server.ServerConnection.Ends;
import dev.ambit.identity.tls.PeerIdentity;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A CONNECT between its arrival and its answer. */
final class PendingConnect implements InboundConnect, StreamEvents {
    private final TunnelStream stream;
    private final ConnectRequest request;
    private final ConnectTarget target;
    private final Ends ends;
    private boolean answered;
    private @Nullable Runnable onGone;

    PendingConnect(TunnelStream stream, ConnectRequest request, ConnectTarget target, Ends ends) {
        this.stream = stream;
        this.request = request;
        this.target = target;
        this.ends = ends;
    }

    @Override
    public ConnectRequest request() {
        return request;
    }

    @Override
    public ConnectTarget target() {
        return target;
    }

    @Override
    public PeerIdentity peer() {
        return ends.peer();
    }

    @Override
    public InetSocketAddress remote() {
        return ends.remote();
    }

    @Override
    public InetSocketAddress local() {
        return ends.local();
    }

    @Override
    public EventLoop loop() {
        return stream.loop();
    }

    @Override
    public boolean gone() {
        return !answered && stream.closed();
    }

    @Override
    public void onGone(Runnable action) {
        assert loop().inEventLoop();
        if (gone()) {
            action.run();
        } else if (!answered) {
            onGone = action;
        }
    }

    @Override
    public void broken(TunnelStream broken, Break why) {
        Runnable action = onGone;
        onGone = null;
        if (action != null) {
            action.run();
        }
    }

    @Override
    public HboneStream accept(Map<String, String> responseHeaders) {
        answer();
        stream.accept(responseHeaders);
        return stream;
    }

    @Override
    public void refuse(int status) {
        answer();
        stream.refuse(status);
    }

    private void answer() {
        assert loop().inEventLoop();
        if (answered) {
            throw new IllegalStateException(
                    "CONNECT " + request.authority() + " is answered already");
        }
        answered = true;
        onGone = null;
    }
}
