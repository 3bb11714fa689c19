package dev.ambit.policy.state;

import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.policy.Authorization;
import dev.ambit.api.workload.MeshAddress;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.Workload;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The mesh as the control plane last told it (ambient.md 1.17). One thread writes, by {@link
 * #applyAddresses} and {@link #applyAuthorizations}; every thread reads.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class MeshState implements MeshView {

    /**
     * @param localNode the node whose workloads {@link #localWorkload} finds; empty: every workload
     *     is local
     */
    public MeshState(String localNode) {}

    /** Hears what changed, on the writer's thread, after readers can see it. */
    public interface Listener {

        default void workloadsChanged(Collection<Workload> updated, Collection<Workload> removed) {}

        /** Policies, or which of them apply to whom. */
        default void policiesChanged() {}
    }

    public void listen(Listener listener) {
        throw new UnsupportedOperationException("not built yet");
    }

    /**
     * One push.
     *
     * @param removals resource names: uids and {@code namespace/hostname}
     */
    public void applyAddresses(
            Collection<? extends MeshAddress> updates, Collection<String> removals) {
        throw new UnsupportedOperationException("not built yet");
    }

    /**
     * One push.
     *
     * @param removals keys, {@code namespace/name}
     */
    public void applyAuthorizations(
            Collection<Authorization> updates, Collection<String> removals) {
        throw new UnsupportedOperationException("not built yet");
    }

    @Override
    public @Nullable Workload workload(NetworkAddress address) {
        throw new UnsupportedOperationException("not built yet");
    }

    @Override
    public @Nullable Workload workloadByUid(String uid) {
        throw new UnsupportedOperationException("not built yet");
    }

    @Override
    public @Nullable Workload localWorkload(String name, String namespace, String serviceAccount) {
        throw new UnsupportedOperationException("not built yet");
    }

    @Override
    public @Nullable MeshService service(NetworkAddress vip, String clientNamespace) {
        throw new UnsupportedOperationException("not built yet");
    }

    @Override
    public @Nullable MeshService service(NamespacedHostname name) {
        throw new UnsupportedOperationException("not built yet");
    }

    @Override
    public @Nullable MeshService serviceByHostname(String hostname, String clientNamespace) {
        throw new UnsupportedOperationException("not built yet");
    }

    @Override
    public List<Endpoint> endpoints(NamespacedHostname service) {
        throw new UnsupportedOperationException("not built yet");
    }

    @Override
    public @Nullable Endpoint endpoint(NamespacedHostname service, String workloadUid) {
        throw new UnsupportedOperationException("not built yet");
    }

    @Override
    public PolicySet policies(Workload workload) {
        throw new UnsupportedOperationException("not built yet");
    }

    @Override
    public @Nullable Authorization authorization(String key) {
        throw new UnsupportedOperationException("not built yet");
    }

    @Override
    public Collection<Workload> workloads() {
        throw new UnsupportedOperationException("not built yet");
    }

    @Override
    public Collection<MeshService> services() {
        throw new UnsupportedOperationException("not built yet");
    }

    @Override
    public Collection<Authorization> authorizations() {
        throw new UnsupportedOperationException("not built yet");
    }

    @Override
    public Map<NamespacedHostname, List<Endpoint>> stagedEndpoints() {
        throw new UnsupportedOperationException("not built yet");
    }
}
