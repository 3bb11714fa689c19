package dev.ambit.policy.l4;

import dev.ambit.api.IpPort;
import dev.ambit.api.workload.MeshService;
import org.jspecify.annotations.Nullable;

/** What is done with a tunnel that arrives for a workload. */
public sealed interface InboundRoute {

    /**
     * Connect to the application.
     *
     * @param target the workload's own address
     * @param proxyProtocol what the application asked for: its bytes follow a PROXY header
     * @param service the service the tunnel was addressed to, if it was
     */
    record Accept(IpPort target, boolean proxyProtocol, @Nullable MeshService service)
            implements InboundRoute {}

    /**
     * Nothing.
     *
     * @param status answer to the CONNECT
     */
    record Refused(int status, String reason) implements InboundRoute {}
}
