package dev.ambit.hbone.relay;

import dev.ambit.hbone.ErrorCode;
import dev.ambit.hbone.HboneStream;
import dev.ambit.hbone.relay.RelayEnd.Side;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The tunnel's side: always the first. The windows hold the peer back; credit goes to it when the
 * socket has written.
 */
final class TunnelLeg implements Leg, HboneStream.Receiver {
    private final Relay relay;
    private final HboneStream stream;
    private boolean ended;

    TunnelLeg(Relay relay, HboneStream stream) {
        this.relay = relay;
        this.stream = stream;
    }

    @Override
    public void start() {
        stream.receiver(this);
    }

    // ---- from the socket to the tunnel ----

    @Override
    public void send(ByteBuf bytes) {
        // Read buffers of a prepared socket begin with headroom and belong to nobody else.
        if (bytes.readerIndex() == HboneStream.HEADROOM && bytes.refCnt() == 1) {
            stream.sendInPlace(bytes);
        } else {
            stream.send(bytes);
        }
    }

    @Override
    public void flush() {
        stream.flush();
    }

    @Override
    public boolean writable() {
        return stream.writable();
    }

    @Override
    public void endOutput() {
        if (!ended) {
            ended = true;
            stream.end();
            relay.outputClosed(Side.FIRST);
        }
    }

    @Override
    public void abort() {
        stream.reset(ErrorCode.INTERNAL_ERROR);
    }

    @Override
    public void finish() {
        // Both ends are on their way; the stream closes itself.
    }

    @Override
    public void reading(boolean wanted) {
        // Without credit the peer stops by itself.
    }

    @Override
    public void passedOn(int bytes) {
        stream.credit(bytes);
    }

    // ---- from the tunnel to the socket ----

    @Override
    public void data(ByteBuf slice) {
        relay.brought(Side.FIRST, slice);
    }

    @Override
    public void readComplete() {
        relay.broughtAll(Side.FIRST);
    }

    @Override
    public void end() {
        relay.ended(Side.FIRST);
    }

    @Override
    public void writableChanged(boolean writable) {
        relay.resume(Side.FIRST);
    }

    @Override
    public void reset(long errorCode) {
        relay.broken(Side.FIRST, null);
    }

    @Override
    public void closed(@Nullable Throwable cause) {
        if (cause != null) {
            relay.broken(Side.FIRST, cause);
        } else if (!ended) {
            ended = true;
            relay.outputRefused(Side.FIRST);
        }
    }
}
