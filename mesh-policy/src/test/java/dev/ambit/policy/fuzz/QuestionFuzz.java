package dev.ambit.policy.fuzz;

import static dev.ambit.policy.testing.TestMesh.pod;
import static dev.ambit.policy.testing.TestMesh.service;

import dev.ambit.policy.explain.Explainer;
import dev.ambit.policy.explain.Explanation;
import dev.ambit.policy.explain.Question;
import dev.ambit.policy.explain.QuestionReader;
import dev.ambit.policy.state.MeshState;
import dev.ambit.policy.testing.TestMesh;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.Set;

/** {@code /explain}: source and destination, one a line. Refused with a reason, or explained. */
public final class QuestionFuzz {

    private static final MeshState MESH =
            new TestMesh()
                    .with(
                            pod("a/client", "10.0.0.1").build(),
                            pod("b/server", "10.0.0.2").build(),
                            service("b/b", "10.1.0.1", "80:8080").build())
                    .state();

    private QuestionFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String[] lines = new String(input, StandardCharsets.UTF_8).split("\n", 2);
        Question question;
        try {
            question =
                    new QuestionReader(MESH, "")
                            .read(lines[0], lines[lines.length - 1], input.length % 2 == 0);
        } catch (IllegalArgumentException refused) {
            return;
        }
        Explanation explained =
                new Explainer("", Set.of(15008)).explain(question, MESH, new Random(1));
        if (explained.toString().isEmpty()) {
            throw new IllegalStateException("nothing said of " + question);
        }
    }
}
