package dev.ambit.ztunnel.state;

import dev.ambit.api.workload.Workload;
import dev.ambit.policy.state.MeshState;
import dev.ambit.policy.state.PolicyChange;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Tells those who wait that the mesh state has changed: connections that wait for their workload,
 * and trackers that must ask policies again. One listener at the state, however many wait. Safe
 * from any thread; they run on the state's writer.
 */
public final class StateSignal implements MeshState.Listener {

    private final Set<Runnable> workloads = ConcurrentHashMap.newKeySet();
    private final Set<Consumer<PolicyChange>> policies = ConcurrentHashMap.newKeySet();

    private final Set<Consumer<Collection<Workload>>> removals = ConcurrentHashMap.newKeySet();

    private StateSignal() {}

    /** Listens to a state. */
    public static StateSignal of(MeshState state) {
        StateSignal signal = new StateSignal();
        state.listen(signal);
        return signal;
    }

    /** Runs after every change of workloads and the first word of policies, until removed. */
    public void onWorkloads(Runnable listener) {
        workloads.add(listener);
    }

    /** Runs after every change of policies or of whom they apply to, until removed. */
    public void onPolicies(Consumer<PolicyChange> listener) {
        policies.add(listener);
    }

    /** Hears of workloads that are gone, until removed. */
    public void onRemovals(Consumer<Collection<Workload>> listener) {
        removals.add(listener);
    }

    /** Ends what the others began. */
    public void remove(Object listener) {
        workloads.remove(listener);
        policies.remove(listener);
        removals.remove(listener);
    }

    @Override
    public void workloadsChanged(Collection<Workload> updated, Collection<Workload> removed) {
        if (!removed.isEmpty()) {
            removals.forEach(listener -> listener.accept(removed));
        }
        workloads.forEach(Runnable::run);
    }

    @Override
    public void policiesReceived() {
        workloads.forEach(Runnable::run);
    }

    @Override
    public void policiesChanged(PolicyChange change) {
        policies.forEach(listener -> listener.accept(change));
    }
}
