package dev.ambit.policy.state;

import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.policy.Authorization;
import dev.ambit.api.workload.MeshAddress;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.Workload;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The mesh as the control plane last told it (ambient.md 1.17). {@link #applyAddresses} and {@link
 * #applyAuthorizations} are for one writer at a time; every thread reads, without locks.
 */
public final class MeshState implements MeshView {

    /** Hears what changed, on the writer's thread, after readers can see it. */
    public interface Listener {

        /** Equal records are not told again. */
        default void workloadsChanged(Collection<Workload> updated, Collection<Workload> removed) {}

        /** Policies, or which of them apply to whom. */
        default void policiesChanged(PolicyChange change) {}

        /** Policies are known from now on, if only that there are none. */
        default void policiesReceived() {}
    }

    private final WorkloadIndex workloads;
    private final ServiceIndex services = new ServiceIndex();
    private final EndpointIndex endpoints = new EndpointIndex();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    /** Replaced by the writer, taken once per question by readers. */
    private volatile PolicyIndex policies;

    /** Set once by the writer; until then readers are told that nothing is allowed. */
    private volatile boolean policiesReceived;

    /**
     * @param localNode the node whose workloads {@link #localWorkload} finds; empty: every workload
     *     is local
     */
    public MeshState(String localNode) {
        this(localNode, UnknownPolicy.ALLOW, true);
    }

    private MeshState(String localNode, UnknownPolicy unknown, boolean policiesReceived) {
        this.workloads = new WorkloadIndex(localNode);
        this.policies = PolicyIndex.empty(unknown);
        this.policiesReceived = policiesReceived;
    }

    /**
     * One that allows nothing until it was told of policies, if only that there are none.
     *
     * @param unknown what policies mean that workloads name but that are not known
     */
    public static MeshState awaitingPolicies(String localNode, UnknownPolicy unknown) {
        return new MeshState(localNode, unknown, false);
    }

    public void listen(Listener listener) {
        listeners.add(listener);
    }

    /**
     * One push. Endpoint lists change once, at its end.
     *
     * @param removals resource names: uids and {@code namespace/hostname}
     */
    public synchronized void applyAddresses(
            Collection<? extends MeshAddress> updates, Collection<String> removals) {
        List<Workload> updated = new ArrayList<>();
        List<Workload> removed = new ArrayList<>();
        List<String> reassigned = new ArrayList<>();
        for (String name : removals) {
            Workload old = workloads.remove(name);
            if (old != null) {
                endpoints.replace(old, null);
                removed.add(old);
            } else {
                removeService(name);
            }
        }
        for (MeshAddress update : updates) {
            switch (update) {
                case MeshService service -> putService(service);
                case Workload workload -> {
                    Workload old = workloads.byUid(workload.uid());
                    if (!workload.equals(old)) {
                        workloads.put(workload);
                        endpoints.replace(old, workload);
                        updated.add(workload);
                        // One that is new may have been known before, under other policies.
                        if (workloads.isLocal(workload)
                                && (old == null || !samePolicies(old, workload))) {
                            reassigned.add(workload.uid());
                        }
                    }
                }
            }
        }
        endpoints.publish(services);
        if (!updated.isEmpty() || !removed.isEmpty()) {
            listeners.forEach(l -> l.workloadsChanged(updated, removed));
        }
        if (!reassigned.isEmpty()) {
            PolicyChange change = PolicyChange.ofWorkloads(reassigned);
            listeners.forEach(l -> l.policiesChanged(change));
        }
    }

    private static boolean samePolicies(Workload a, Workload b) {
        return a.authorizationPolicies().equals(b.authorizationPolicies())
                && a.namespace().equals(b.namespace());
    }

    private void putService(MeshService service) {
        if (!service.equals(services.byName(service.key()))) {
            services.put(service);
            endpoints.touch(service.key());
        }
    }

    private void removeService(String resourceName) {
        int slash = resourceName.indexOf('/');
        if (slash > 0) {
            NamespacedHostname name =
                    new NamespacedHostname(
                            resourceName.substring(0, slash), resourceName.substring(slash + 1));
            if (services.remove(name) != null) {
                endpoints.touch(name);
            }
        }
    }

    /**
     * One push.
     *
     * @param removals keys, {@code namespace/name}
     */
    public synchronized void applyAuthorizations(
            Collection<Authorization> updates, Collection<String> removals) {
        List<PolicyChange.Changed> changed = policies.difference(updates, removals);
        if (!changed.isEmpty()) {
            policies = policies.with(changed);
            PolicyChange change = PolicyChange.ofPolicies(changed);
            listeners.forEach(l -> l.policiesChanged(change));
        }
        if (!policiesReceived) {
            policiesReceived = true;
            listeners.forEach(Listener::policiesReceived);
        }
    }

    @Override
    public @Nullable Workload workload(NetworkAddress address) {
        return workloads.byAddress(address);
    }

    @Override
    public @Nullable Workload workloadByUid(String uid) {
        return workloads.byUid(uid);
    }

    @Override
    public @Nullable Workload localWorkload(String name, String namespace, String serviceAccount) {
        return workloads.local(name, namespace, serviceAccount);
    }

    @Override
    public @Nullable MeshService service(NetworkAddress vip, String clientNamespace) {
        return services.byVip(vip, clientNamespace);
    }

    @Override
    public @Nullable MeshService service(NamespacedHostname name) {
        return services.byName(name);
    }

    @Override
    public @Nullable MeshService serviceByHostname(String hostname, String clientNamespace) {
        return services.byHostname(hostname, clientNamespace);
    }

    @Override
    public List<MeshService> servicesByHostname(String hostname) {
        return services.byHostname(hostname);
    }

    @Override
    public Endpoints endpoints(NamespacedHostname service) {
        return endpoints.of(service);
    }

    @Override
    public PolicySet policies(Workload workload) {
        return policiesReceived ? policies.of(workload) : PolicySet.NOT_RECEIVED;
    }

    @Override
    public boolean policiesKnown() {
        return policiesReceived;
    }

    @Override
    public @Nullable Authorization authorization(String key) {
        return policies.byKey(key);
    }

    @Override
    public Collection<Workload> workloads() {
        return workloads.all();
    }

    @Override
    public Collection<MeshService> services() {
        return services.all();
    }

    @Override
    public Collection<Authorization> authorizations() {
        return policies.all();
    }

    @Override
    public Map<NamespacedHostname, List<Endpoint>> stagedEndpoints() {
        return endpoints.staged();
    }
}
