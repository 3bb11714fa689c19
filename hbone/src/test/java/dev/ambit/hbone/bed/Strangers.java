package dev.ambit.hbone.bed;

import dev.ambit.hbone.HboneSettings;
import dev.ambit.hbone.Limits;
import dev.ambit.runtime.testing.TestLoops;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;

/** Peers that do not get as far as HTTP/2, and a bed that is done with them soon. */
final class Strangers {

    private Strangers() {}

    /** One loop, the first transport of this machine. */
    static TunnelBed bed(HboneSettings settings) {
        return new TunnelBed(TestLoops.transports().getFirst(), 1, settings);
    }

    /** The defaults, but for the time a handshake may take. */
    static HboneSettings handshakeWithin(Duration time) {
        HboneSettings d = HboneSettings.defaults();
        return new HboneSettings(
                d.streamWindow(),
                d.connectionWindow(),
                d.maxFrameSize(),
                d.maxStreams(),
                d.poolStreams(),
                d.poolIdle(),
                d.connectTimeout(),
                time,
                d.prefaceTimeout(),
                d.pingInterval(),
                d.pingTimeout(),
                Limits.defaults());
    }

    /** Plain TCP to the port of tunnels. */
    static Socket connect(TunnelBed bed) throws IOException {
        Socket socket = new Socket(bed.serverAddress.getAddress(), bed.serverAddress.getPort());
        socket.setSoTimeout(20_000);
        return socket;
    }

    /** What may be cut off before its end. */
    static void write(Socket socket, byte[] bytes) throws IOException {
        try {
            socket.getOutputStream().write(bytes);
        } catch (SocketException closedAlready) {
            // Which is what the tests are about.
        }
    }

    /** Reads until the connection ends, one way or the other. */
    static void drain(Socket socket) throws IOException {
        try {
            socket.getInputStream().readAllBytes();
        } catch (SocketException reset) {
            // As good an end as any.
        }
    }
}
