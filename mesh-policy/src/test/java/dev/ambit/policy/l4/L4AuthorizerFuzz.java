package dev.ambit.policy.l4;

import dev.ambit.api.workload.Workload;
import dev.ambit.policy.ConnectionFacts;
import dev.ambit.policy.Decision;
import dev.ambit.policy.state.MeshState;
import java.util.Random;

/** D21: bytes choose policies, workload and connection; decided as a naive reading decides. */
public final class L4AuthorizerFuzz {

    private L4AuthorizerFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        RandomMesh mesh = new RandomMesh(new Chosen(input));
        MeshState state = new MeshState("");
        mesh.push(state);
        mesh.push(state);
        Workload workload = mesh.workload();
        ConnectionFacts connection = mesh.connection();
        Decision decided = L4Authorizer.decide(connection, workload, state);
        Decision expected = NaiveAuthorizer.decide(connection, workload, state.authorizations());
        if (!decided.equals(expected)) {
            throw new IllegalStateException(
                    "%s, and naively %s: %s to %s under %s"
                            .formatted(
                                    decided,
                                    expected,
                                    connection,
                                    workload,
                                    state.authorizations()));
        }
    }

    /** Chance out of bytes; zeroes where they end. */
    private static final class Chosen extends Random {
        private static final long serialVersionUID = 1L;
        private final byte[] bytes;
        private int at;

        Chosen(byte[] bytes) {
            this.bytes = bytes;
        }

        private int octet() {
            return at < bytes.length ? bytes[at++] & 0xff : 0;
        }

        @Override
        public int nextInt(int bound) {
            return octet() % bound;
        }

        @Override
        public boolean nextBoolean() {
            return (octet() & 1) == 1;
        }
    }
}
