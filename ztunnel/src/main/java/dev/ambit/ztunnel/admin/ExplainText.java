package dev.ambit.ztunnel.admin;

import dev.ambit.policy.Decision;
import dev.ambit.policy.explain.Explanation;
import dev.ambit.policy.explain.Explanation.Judgement;
import dev.ambit.policy.explain.Explanation.PolicyAnswer;
import dev.ambit.policy.explain.Explanation.Step;
import dev.ambit.policy.explain.Question;
import java.util.stream.Collectors;

/** An explanation for a person at a terminal. */
final class ExplainText {

    private ExplainText() {}

    static String of(Explanation e) {
        StringBuilder text = new StringBuilder(512);
        Question q = e.question();
        text.append(e.allowed() ? "CARRIED  " : "REFUSED  ").append(e.verdict()).append('\n');
        text.append("\nfrom  ").append(q.source());
        if (q.client() != null) {
            text.append("  ").append(q.client().uid());
        }
        text.append("  ")
                .append(q.identity() == null ? "without identity" : q.identity().toString());
        text.append("\nto    ").append(q.destination());
        if (e.path().service() != null) {
            text.append("  ").append(e.path().service());
            text.append(", endpoints: ").append(e.path().candidates());
        }
        text.append("\npath  ").append(e.path().kind()).append(": ").append(e.path().reason());
        text.append('\n');
        int number = 1;
        for (Step step : e.path().steps()) {
            step(text, number++, step);
        }
        e.judgements().forEach(judgement -> judgement(text, judgement));
        return text.toString();
    }

    private static void step(StringBuilder text, int number, Step step) {
        text.append("  ").append(number).append(". ").append(step.what());
        text.append(": ").append(step.address());
        if (step.authority() != null) {
            text.append(", CONNECT ").append(step.authority());
        }
        if (step.workload() != null) {
            text.append(", ").append(step.workload());
        }
        text.append('\n');
        step.expected().forEach(id -> text.append("       must be ").append(id).append('\n'));
    }

    private static void judgement(StringBuilder text, Judgement j) {
        text.append("\npolicies of ").append(j.workload()).append(" for ");
        text.append(j.peer() == null ? "a peer without identity" : j.peer().toString());
        text.append(" from ").append(j.source().address());
        text.append(" to ").append(j.destination()).append('\n');
        if (j.policies().isEmpty()) {
            text.append("  none\n");
        }
        for (PolicyAnswer answer : j.policies()) {
            text.append(answer.decides() ? "> " : "  ");
            text.append(answer.group().name().replace('_', ' ')).append("  ");
            text.append(answer.key()).append("  ");
            text.append(answer.matches() ? "matches: " : "does not match: ");
            text.append(answer.why()).append('\n');
        }
        if (!j.missing().isEmpty()) {
            text.append("  not known: ").append(String.join(", ", j.missing())).append('\n');
        }
        String dryRuns =
                j.decision().dryRuns().stream()
                        .map(ExplainText::dryRun)
                        .collect(Collectors.joining(", "));
        if (!dryRuns.isEmpty()) {
            text.append("  dry run: ").append(dryRuns).append('\n');
        }
    }

    private static String dryRun(Decision.DryRun dryRun) {
        String policy = dryRun.policy() == null ? "no policy allows" : dryRun.policy();
        return policy + (dryRun.wouldDeny() ? " (would deny)" : " (would allow)");
    }
}
