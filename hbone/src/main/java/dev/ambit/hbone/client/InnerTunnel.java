package dev.ambit.hbone.client;

import dev.ambit.hbone.ConnectRequest;
import dev.ambit.hbone.HboneCounters;
import dev.ambit.hbone.HboneSettings;
import dev.ambit.hbone.HboneStream;
import dev.ambit.hbone.tunnel.TunnelChannel;
import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.tls.PeerIdentity;
import dev.ambit.identity.tls.TlsContexts;
import java.time.Duration;
import java.util.List;

/**
 * A tunnel inside a tunnel (double HBONE): TLS and HTTP/2 of their own through a network gateway
 * that sees neither. One tunnel a connection, not pooled.
 */
public final class InnerTunnel {
    private InnerTunnel() {}

    /** Who we are and whom we expect at the far end. */
    public record Parts(
            HboneSettings settings,
            HboneCounters counters,
            TlsContexts contexts,
            List<SpiffeId> expected) {}

    /**
     * Opens the inner tunnel; owns the outer stream from here. On the outer stream's loop. An empty
     * list expects nobody and fails.
     */
    public static PendingTunnel open(
            Parts parts, HboneStream outer, ConnectRequest request, OpenCallback callback) {
        Attempt attempt =
                new Attempt(
                        request,
                        callback,
                        again -> again.fail(new OpenFailure.H2("stream refused by peer")));
        Duration patience = parts.settings().connectTimeout().multipliedBy(2);
        ClientConnection connection =
                new ClientConnection(
                        parts.settings(), parts.counters(), new Link(attempt, callback, patience));
        TunnelChannel channel = new TunnelChannel(outer, null, null);
        connection.attach(channel, parts.contexts(), parts.expected());
        outer.loop()
                .register(channel)
                .addListener(
                        done -> {
                            if (!done.isSuccess()) {
                                attempt.fail(new OpenFailure.Connect(done.cause()));
                            }
                        });
        return () -> {
            if (attempt.cancel()) {
                connection.close("not wanted any more");
            }
        };
    }

    /** The one tunnel and its connection live and die together. */
    private record Link(Attempt attempt, OpenCallback callback, Duration patience)
            implements ClientConnection.Owner {
        @Override
        public void ready(ClientConnection connection) {
            PeerIdentity peer = connection.peer();
            if (attempt.done() || peer == null) {
                connection.close("not wanted any more");
                return;
            }
            callback.proven(peer);
            attempt.ask(connection, false, patience);
        }

        @Override
        public void failed(ClientConnection connection, OpenFailure failure) {
            attempt.fail(failure);
            connection.close("inner tunnel failed");
        }

        @Override
        public void changed(ClientConnection connection) {
            if (attempt.asked() && connection.streams() == 0) {
                connection.drain();
            }
        }

        @Override
        public void closed(ClientConnection connection, OpenFailure why) {
            attempt.fail(why);
        }
    }
}
