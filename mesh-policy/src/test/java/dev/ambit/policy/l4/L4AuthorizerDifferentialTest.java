package dev.ambit.policy.l4;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.workload.Workload;
import dev.ambit.policy.ConnectionFacts;
import dev.ambit.policy.Decision;
import dev.ambit.policy.state.MeshState;
import dev.ambit.policy.state.PolicyChange;
import dev.ambit.policy.state.UnknownPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * D21: the authorizer against a naive reading of the rules, on random meshes of few words, so that
 * everything meets everything, while policies come, change and go. {@code -Dambit.policy.cases} and
 * {@code -Dambit.policy.seed} make it longer and other.
 */
final class L4AuthorizerDifferentialTest {

    private static final int CASES = Integer.getInteger("ambit.policy.cases", 100_000);
    private static final long SEED = Long.getLong("ambit.policy.seed", 19);
    private static final int CONNECTIONS = 50;

    private final Random random = new Random(SEED);
    private final RandomMesh mesh = new RandomMesh(SEED);

    @Test
    void decidesAsTheRulesReadWhateverComesAndGoes() {
        int allowed = 0;
        int cases = 0;
        while (cases < CASES) {
            MeshState state = new MeshState("");
            for (int push = random.nextInt(8); push >= 0; push--) {
                mesh.push(state);
                Workload workload = mesh.workload();
                for (int j = 0; j < CONNECTIONS; j++) {
                    ConnectionFacts connection = mesh.connection();
                    Decision decided = L4Authorizer.decide(connection, workload, state);
                    Decision expected =
                            NaiveAuthorizer.decide(connection, workload, state.authorizations());
                    if (!decided.equals(expected)) {
                        assertThat(decided)
                                .as(
                                        "seed %s, case %s: %s to %s under %s",
                                        SEED, cases, connection, workload, state.authorizations())
                                .isEqualTo(expected);
                    }
                    allowed += decided.isAllowed() ? 1 : 0;
                    cases++;
                }
            }
        }
        // Neither outcome is rare, so agreeing says something.
        assertThat(allowed).isBetween(cases / 10, cases * 9 / 10);
    }

    /** Whoever is let stay without being asked again must still be allowed. */
    @Test
    void asksAgainWhomAChangeDenies() {
        int cut = 0;
        int spared = 0;
        for (int i = 0; i < CASES / 20; i++) {
            MeshState state =
                    MeshState.awaitingPolicies(
                            "", random.nextBoolean() ? UnknownPolicy.ALLOW : UnknownPolicy.DENY);
            mesh.push(state);
            List<PolicyChange> changes = new ArrayList<>();
            state.listen(
                    new MeshState.Listener() {
                        @Override
                        public void policiesChanged(PolicyChange change) {
                            changes.add(change);
                        }
                    });
            Workload workload = mesh.workload();
            ConnectionFacts connection = mesh.connection();
            boolean before = L4Authorizer.decide(connection, workload, state).isAllowed();
            mesh.push(state);
            boolean after = L4Authorizer.decide(connection, workload, state).isAllowed();
            boolean asked =
                    changes.stream().anyMatch(c -> L4Authorizer.mayDeny(c, connection, workload));
            if (before && !after) {
                assertThat(asked)
                        .as("seed %s, case %s: %s to %s", SEED, i, connection, workload)
                        .isTrue();
                cut++;
            }
            spared += asked ? 0 : 1;
        }
        assertThat(cut).isGreaterThan(CASES / 1_000);
        assertThat(spared).isGreaterThan(CASES / 1_000);
    }
}
