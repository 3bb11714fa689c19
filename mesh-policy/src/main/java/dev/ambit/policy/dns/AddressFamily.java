package dev.ambit.policy.dns;

import dev.ambit.api.IpAddress;

/** Which kind of addresses is asked for. */
public enum AddressFamily {
    /** A records. */
    V4,
    /** AAAA records. */
    V6;

    public boolean matches(IpAddress address) {
        return address.isV4() == (this == V4);
    }
}
