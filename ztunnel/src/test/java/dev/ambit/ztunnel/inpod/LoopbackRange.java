package dev.ambit.ztunnel.inpod;

import dev.ambit.api.IpAddress;
import dev.ambit.runtime.testing.OwnLoopback;

/** Addresses of 127.0.0.0/8 that this process has for itself, as the mesh writes them. */
final class LoopbackRange {

    private LoopbackRange() {}

    /** An address of the range: pods have those from 2 on, others those from 100 on. */
    static IpAddress address(int last) {
        return IpAddress.parse(OwnLoopback.address(last));
    }
}
