package dev.ambit.waypoint.exchange;

import dev.ambit.hbone.relay.Relay;
import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;

/** After 101: what was HTTP on both legs is bytes from now on. */
final class ProtocolSwitch {

    private ProtocolSwitch() {}

    /** Told once, when both directions are done, with what went each way. */
    interface Done {
        void done(long fromClient, long toClient);
    }

    /** The client's channel comes without HTTP; the destination's loses it here. */
    static void couple(Channel client, Channel upstream, Done done) {
        upstream.config().setAutoRead(false);
        Relay.sockets(
                (DuplexChannel) client,
                (DuplexChannel) upstream,
                (relay, end) -> done.done(relay.firstToSecond(), relay.secondToFirst()));
        // Last, because bytes that came together with the 101 leave the codec as it goes.
        upstream.pipeline().remove("http");
    }
}
