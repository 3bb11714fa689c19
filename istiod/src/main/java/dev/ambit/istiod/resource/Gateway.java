package dev.ambit.istiod.resource;

import java.util.List;

/**
 * A Gateway of the Gateway API.
 *
 * @param addresses {@code status.addresses}: where it is reached; none as long as it is not there
 */
public record Gateway(
        Meta meta, String className, List<Listener> listeners, List<Address> addresses)
        implements MeshObject {

    public Gateway {
        listeners = List.copyOf(listeners);
        addresses = List.copyOf(addresses);
    }

    /**
     * A port it listens on.
     *
     * @param hostname "" for any
     */
    public record Listener(
            String name, int port, String protocol, String hostname, AllowedRoutes allowed) {}

    /** An address it is reached at. */
    public record Address(AddressType type, String value) {}

    /** The form of an address. */
    public enum AddressType {
        IP,
        HOSTNAME
    }

    /** From where something may attach to a listener. */
    public sealed interface AllowedRoutes {

        /** From its own namespace. */
        record Same() implements AllowedRoutes {}

        /** From everywhere. */
        record All() implements AllowedRoutes {}

        /** From nowhere. */
        record None() implements AllowedRoutes {}

        /** From namespaces with these labels. */
        record Selected(LabelSelector selector) implements AllowedRoutes {}
    }
}
