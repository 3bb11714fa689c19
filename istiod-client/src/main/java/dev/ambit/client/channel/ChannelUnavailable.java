package dev.ambit.client.channel;

import java.io.Serial;

/** There is no channel to istiod to be had, and why. */
public final class ChannelUnavailable extends Exception {

    @Serial private static final long serialVersionUID = 1L;

    ChannelUnavailable(String reason, Throwable cause) {
        super(reason, cause);
    }
}
