package dev.ambit.ztunnel.outbound;

import dev.ambit.api.workload.Workload;
import dev.ambit.hbone.ConnectTarget;
import dev.ambit.identity.SpiffeId;
import dev.ambit.policy.l4.Hop;
import dev.ambit.ztunnel.telemetry.Addresses;
import dev.ambit.ztunnel.telemetry.ServiceName;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a tunnel needs beside its address.
 *
 * @param authority what the far end is asked for
 * @param expected who must answer
 * @param upstream the workload behind the address
 * @param service the service the application addressed, if any
 * @param answersForApplication whether the far end itself connects to the application: then its
 *     failure to do so is the endpoint's
 */
record Tunnelled(
        String authority,
        List<SpiffeId> expected,
        Workload upstream,
        @Nullable ServiceName service,
        boolean answersForApplication) {

    /** A workload known by name is asked for by the address the name had. */
    Tunnelled resolved(Hop hop, InetSocketAddress address) {
        return switch (hop) {
            case Hop.At at -> this;
            case Hop.Named named
                    when ConnectTarget.parse(authority) instanceof ConnectTarget.Host asked
                            && asked.host().equals(named.hostname()) ->
                    new Tunnelled(
                            Addresses.text(
                                    new InetSocketAddress(address.getAddress(), asked.port())),
                            expected,
                            upstream,
                            service,
                            answersForApplication);
            case Hop.Named named -> this;
        };
    }

    /** The authority as the log shows it. */
    @Nullable InetSocketAddress hboneTarget() {
        return switch (ConnectTarget.parse(authority)) {
            case ConnectTarget.Address address -> address.address();
            case ConnectTarget.Host host ->
                    InetSocketAddress.createUnresolved(host.host(), host.port());
            case null -> null;
        };
    }
}
