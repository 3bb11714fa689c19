package dev.ambit.policy.dns;

import dev.ambit.api.IpAddress;
import dev.ambit.api.workload.MeshService;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the mesh says to a question for addresses. */
public sealed interface DnsAnswer {

    /**
     * The mesh knows the name.
     *
     * @param canonicalName the name asked for is an alias of it; null: the addresses are its own
     * @param addresses in random order; none: the name exists without addresses of that family
     * @param service whose name it is; of a single pod's name, the service it belongs to
     */
    record Found(@Nullable String canonicalName, List<IpAddress> addresses, MeshService service)
            implements DnsAnswer {
        public Found {
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * Somebody else must be asked.
     *
     * @param registered the service of that name which has no address of its own in the mesh; null:
     *     the mesh knows nothing of the name
     */
    record Forward(@Nullable MeshService registered) implements DnsAnswer {}
}
