package dev.ambit.cni.enrolment;

import java.util.List;

/**
 * How a pod's traffic is captured. Equal values mean equal rules.
 *
 * @param inbound traffic that arrives is captured too (off for gateways that take plain traffic)
 * @param dns DNS queries go to the node proxy
 * @param virtualInterfaces traffic from these interfaces of the pod (virtual machines, containers
 *     inside it) is captured as if the pod had sent it
 * @param blockUdp UDP, which would pass the mesh by, is rejected; DNS goes on
 */
public record Capture(
        boolean inbound, boolean dns, List<String> virtualInterfaces, boolean blockUdp) {
    public Capture {
        virtualInterfaces = List.copyOf(virtualInterfaces);
    }

    /** UDP is left alone. */
    public Capture(boolean inbound, boolean dns, List<String> virtualInterfaces) {
        this(inbound, dns, virtualInterfaces, false);
    }
}
