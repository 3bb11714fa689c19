package dev.ambit.hbone.relay;

/** Learns the end of a relay. */
@FunctionalInterface
public interface RelayObserver {
    /**
     * Called exactly once, on the relay's loop, when both sides are done and every counter has its
     * last value.
     */
    void ended(Relay relay, RelayEnd end);
}
