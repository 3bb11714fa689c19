package dev.ambit.hbone.connection;

import dev.ambit.hbone.ErrorCode;
import dev.ambit.hbone.HboneSettings;
import dev.ambit.hbone.Limit;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Time on a connection: the peer's SETTINGS must come soon, a silent peer is asked by PING and
 * given up when it stays silent, and a PING marks the round trip between the two steps of a drain.
 * Anything received counts as a sign of life.
 */
final class Pulse {
    static final long KEEPALIVE = 0x616d6269742d6b61L;
    static final long DRAIN = 0x616d6269742d6472L;

    private final HboneConnection connection;
    private final HboneSettings settings;
    private boolean heard;
    private boolean asked;
    private boolean settled;
    private @Nullable Future<?> timer;
    private @Nullable Future<?> preface;
    private @Nullable Future<?> drain;

    Pulse(HboneConnection connection, HboneSettings settings) {
        this.connection = connection;
        this.settings = settings;
    }

    void start() {
        preface =
                connection
                        .loop()
                        .schedule(
                                this::notSettled,
                                settings.prefaceTimeout().toNanos(),
                                TimeUnit.NANOSECONDS);
        listen(settings.pingInterval().toNanos());
    }

    void stop() {
        cancel(timer);
        cancel(preface);
        cancel(drain);
    }

    private static void cancel(@Nullable Future<?> future) {
        if (future != null) {
            future.cancel(false);
        }
    }

    void heard() {
        heard = true;
    }

    boolean settled() {
        return settled;
    }

    void settle() {
        settled = true;
        cancel(preface);
        preface = null;
    }

    private void notSettled() {
        connection.violated(
                ErrorCode.SETTINGS_TIMEOUT, Limit.PREFACE_TIMEOUT, "no SETTINGS in time");
    }

    private void listen(long nanos) {
        timer = connection.loop().schedule(this::tick, nanos, TimeUnit.NANOSECONDS);
    }

    private void tick() {
        if (heard) {
            heard = false;
            asked = false;
            listen(settings.pingInterval().toNanos());
        } else if (!asked) {
            asked = true;
            connection.outbox().ping(KEEPALIVE, false);
            listen(settings.pingTimeout().toNanos());
        } else {
            connection.violated(ErrorCode.NO_ERROR, Limit.PING_TIMEOUT, "no answer to PING");
        }
    }

    /** Between the two GOAWAYs; a peer that does not answer is not waited for. */
    void askForDrain() {
        connection.outbox().ping(DRAIN, false);
        drain = connection.loop().schedule(connection::sendLastGoAway, 1, TimeUnit.SECONDS);
    }

    void answered(long content) {
        if (content == DRAIN) {
            cancel(drain);
            connection.sendLastGoAway();
        }
    }
}
