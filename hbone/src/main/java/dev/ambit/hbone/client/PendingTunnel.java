package dev.ambit.hbone.client;

/** A tunnel that was asked for. On the pool's loop. */
@FunctionalInterface
public interface PendingTunnel {
    /**
     * Nobody wants it any more: the callback hears nothing, and a stream that was asked for already
     * is reset. Does nothing once there was an outcome.
     */
    void cancel();
}
