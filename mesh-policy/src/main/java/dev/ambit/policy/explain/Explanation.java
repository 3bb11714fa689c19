package dev.ambit.policy.explain;

import dev.ambit.api.IpPort;
import dev.ambit.api.policy.Authorization;
import dev.ambit.identity.SpiffeId;
import dev.ambit.policy.Decision;
import dev.ambit.policy.match.Group;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What would become of a connection.
 *
 * @param question what was asked
 * @param path from the client on
 * @param judgements of policies on the way, in order
 * @param allowed whether it would be carried, as far as this proxy can tell
 * @param verdict in a sentence
 */
public record Explanation(
        Question question, Path path, List<Judgement> judgements, boolean allowed, String verdict) {

    public Explanation {
        judgements = List.copyOf(judgements);
    }

    /**
     * The way.
     *
     * @param kind in one word
     * @param reason why this way
     * @param service the service that was addressed, {@code namespace/hostname}; null if none
     * @param candidates how many endpoints there were to choose from
     */
    public record Path(
            String kind,
            String reason,
            @Nullable String service,
            int candidates,
            List<Step> steps) {
        public Path {
            steps = List.copyOf(steps);
        }
    }

    /**
     * One TCP connection of it.
     *
     * @param what plain TCP or a tunnel, and to whom
     * @param address where to
     * @param authority of the CONNECT; null without a tunnel
     * @param expected identities of which the far end must show one
     * @param workload whom it reaches, by uid; null if none of the mesh
     */
    public record Step(
            String what,
            String address,
            @Nullable String authority,
            List<SpiffeId> expected,
            @Nullable String workload) {
        public Step {
            expected = List.copyOf(expected);
        }
    }

    /**
     * What the policies of a workload say.
     *
     * @param workload by uid
     * @param peer whose identity they are shown; null without
     * @param policies in the order they are asked
     * @param missing keys the workload names that nobody sent
     * @param decision the authorizer's
     * @param rule number of the deciding rule in its policy, from 1; 0 where no rule decided
     */
    public record Judgement(
            String workload,
            @Nullable SpiffeId peer,
            IpPort source,
            IpPort destination,
            List<PolicyAnswer> policies,
            List<String> missing,
            Decision decision,
            int rule) {
        public Judgement {
            policies = List.copyOf(policies);
            missing = List.copyOf(missing);
        }
    }

    /**
     * What one policy says.
     *
     * @param rule number of the rule that matches, from 1; 0 if none does
     * @param why it matches or not
     * @param decides whether it is the one that decided
     */
    public record PolicyAnswer(
            String key,
            Authorization.Scope scope,
            Group group,
            int rule,
            String why,
            boolean decides) {

        /** Whether it matches. */
        public boolean matches() {
            return rule > 0;
        }
    }
}
