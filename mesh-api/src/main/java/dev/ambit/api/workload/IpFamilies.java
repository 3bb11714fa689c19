package dev.ambit.api.workload;

import dev.ambit.api.IpAddress;

/** Which of its endpoints' addresses a service uses. */
public enum IpFamilies {
    AUTOMATIC,
    IPV4_ONLY,
    IPV6_ONLY,
    DUAL;

    public boolean allow(IpAddress address) {
        return switch (this) {
            case AUTOMATIC, DUAL -> true;
            case IPV4_ONLY -> address.isV4();
            case IPV6_ONLY -> !address.isV4();
        };
    }
}
