package dev.ambit.ztunnel;

import dev.ambit.api.IpAddress;
import dev.ambit.api.workload.Workload;
import dev.ambit.policy.explain.Explainer;
import dev.ambit.ztunnel.egress.EgressConfig;
import dev.ambit.ztunnel.egress.EgressGuard;
import dev.ambit.ztunnel.inpod.Pod;
import dev.ambit.ztunnel.state.WorkloadInfo;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the explain page is told of egress: the word of the pod's own guard, which knows what its
 * lookups were answered; of a pod of another node, what the configuration says.
 *
 * @param pods who is served here; may wait for the control loop
 */
record EgressAnswers(EgressConfig config, Function<WorkloadInfo, Optional<? extends Pod>> pods)
        implements Explainer.Egress {

    @Override
    public @Nullable String refusal(Workload client, IpAddress target) {
        Optional<? extends Pod> here =
                pods.apply(
                        new WorkloadInfo(
                                client.name(), client.namespace(), client.serviceAccount()));
        if (here.isPresent()) {
            return here.get().egressRefusal(target);
        }
        String refusal = EgressGuard.unseen(client.namespace(), config).verdict(target);
        return refusal == null
                ? null
                : refusal + "; the pod is not served here, its lookups are not known";
    }
}
