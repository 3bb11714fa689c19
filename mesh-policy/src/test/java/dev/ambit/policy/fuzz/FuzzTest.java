package dev.ambit.policy.fuzz;

import dev.ambit.policy.l4.L4AuthorizerFuzz;
import dev.ambit.runtime.testing.FuzzRuns;
import org.junit.jupiter.api.Test;

final class FuzzTest {

    @Test
    void aNormalisedPathIsNormal() {
        FuzzRuns.replay(PathFuzz.class, PathFuzz::fuzzerTestOneInput);
    }

    @Test
    void accessFiltersAreRefusedOrAnswer() {
        FuzzRuns.replay(AccessFilterFuzz.class, AccessFilterFuzz::fuzzerTestOneInput);
    }

    @Test
    void questionsAreRefusedOrExplained() {
        FuzzRuns.replay(QuestionFuzz.class, QuestionFuzz::fuzzerTestOneInput);
    }

    @Test
    void theAuthorizerDecidesAsTheRulesRead() {
        FuzzRuns.replay(L4AuthorizerFuzz.class, L4AuthorizerFuzz::fuzzerTestOneInput);
    }
}
