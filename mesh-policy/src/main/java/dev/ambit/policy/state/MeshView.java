package dev.ambit.policy.state;

import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.policy.Authorization;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.Workload;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known about the mesh. Any thread may ask; an answer is a record that never changes, and
 * two questions may see two states.
 */
public interface MeshView {

    /** The workload behind an address; where several share it, the one most likely meant. */
    @Nullable Workload workload(NetworkAddress address);

    @Nullable Workload workloadByUid(String uid);

    /** A workload of this node. */
    @Nullable Workload localWorkload(String name, String namespace, String serviceAccount);

    /** The service an address stands for, as a client of this namespace sees it. */
    @Nullable MeshService service(NetworkAddress vip, String clientNamespace);

    @Nullable MeshService service(NamespacedHostname name);

    /** The service of that host name, as a client of this namespace sees it. */
    @Nullable MeshService serviceByHostname(String hostname, String clientNamespace);

    /** All services of exactly that host name, whoever may see them; at most one a namespace. */
    List<MeshService> servicesByHostname(String hostname);

    /** The endpoints of a service that may get connections. */
    Endpoints endpoints(NamespacedHostname service);

    /** The policies that apply to a workload. */
    PolicySet policies(Workload workload);

    /** False until policies were heard of for the first time; no connection is allowed before. */
    boolean policiesKnown();

    /** By {@code namespace/name}. */
    @Nullable Authorization authorization(String key);

    Collection<Workload> workloads();

    Collection<MeshService> services();

    Collection<Authorization> authorizations();

    /** Endpoints, by uid, of services nobody has sent yet. */
    Map<NamespacedHostname, List<Endpoint>> stagedEndpoints();
}
