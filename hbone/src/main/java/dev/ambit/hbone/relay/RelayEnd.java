package dev.ambit.hbone.relay;

/** How a relay ended. */
public sealed interface RelayEnd {
    /** Both directions came to their end. */
    record Complete() implements RelayEnd {}

    /** One side broke the connection; the other side was broken too. */
    record Reset(Side by) implements RelayEnd {}

    /** One side failed in another way, for example because the connection under a tunnel died. */
    record Failed(Side side, Throwable cause) implements RelayEnd {}

    /** We closed it: {@link Relay#close}. */
    record Closed(String reason) implements RelayEnd {}

    /** The sides by the order in which they were given to the relay. */
    enum Side {
        FIRST,
        SECOND
    }
}
