package dev.ambit.ztunnel.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.ambit.identity.SpiffeId;
import dev.ambit.policy.Decision;
import dev.ambit.policy.explain.Explainer;
import dev.ambit.policy.explain.Explanation;
import dev.ambit.policy.explain.Explanation.Judgement;
import dev.ambit.policy.explain.Explanation.PolicyAnswer;
import dev.ambit.policy.explain.Explanation.Step;
import dev.ambit.policy.explain.Question;
import dev.ambit.policy.explain.QuestionReader;
import dev.ambit.policy.state.MeshView;
import dev.ambit.runtime.admin.AdminRequest;
import dev.ambit.runtime.admin.AdminResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /explain?src=…&dst=…}: what would become of a connection and why, by the state as it
 * is. Changes nothing. Runs on a virtual thread.
 */
public final class ExplainPage {

    /** Loaded by the first question: data binding is three hundred classes. */
    private static final class Json {
        static final ObjectWriter PRETTY = new ObjectMapper().writerWithDefaultPrettyPrinter();
    }

    private static final Set<String> KNOWN = Set.of("src", "dst", "plaintext", "format");
    private static final String USAGE =
            "usage: /explain?src=<ip | namespace/pod | uid | spiffe id>"
                    + "&dst=<ip:port | hostname:port | namespace/pod:port>"
                    + "[&plaintext=true][&format=text]\n";

    private final MeshView mesh;
    private final QuestionReader reader;
    private final Explainer explainer;

    /**
     * @param network this node's network
     * @param illegalPorts ports the proxy itself listens on
     * @param egress asked about what is passed through
     */
    public ExplainPage(
            MeshView mesh, String network, Set<Integer> illegalPorts, Explainer.Egress egress) {
        this.mesh = mesh;
        this.reader = new QuestionReader(mesh, network);
        this.explainer = new Explainer(network, illegalPorts, egress);
    }

    /** The page; 400 says what is wrong with the question. */
    public AdminResponse answer(AdminRequest request) throws JsonProcessingException {
        Explanation explanation;
        boolean text;
        try {
            for (String name : request.query().keySet()) {
                if (!KNOWN.contains(name)) {
                    throw new IllegalArgumentException(
                            name + ": not known (expected: src, dst, plaintext or format)");
                }
            }
            text = asText(request);
            Question question =
                    reader.read(
                            required(request, "src"),
                            required(request, "dst"),
                            oneOf(request, "plaintext", "false", "true").equals("true"));
            explanation = explainer.explain(question, mesh, ThreadLocalRandom.current());
        } catch (IllegalArgumentException bad) {
            return AdminResponse.text(400, bad.getMessage() + "\n" + USAGE);
        }
        return text
                ? AdminResponse.text(ExplainText.of(explanation))
                : AdminResponse.json(Json.PRETTY.writeValueAsString(json(explanation)) + "\n");
    }

    private static String required(AdminRequest request, String name) {
        return request.parameter(name)
                .filter(value -> !value.isEmpty())
                .orElseThrow(
                        () -> new IllegalArgumentException(name + ": missing (expected: a value)"));
    }

    private static boolean asText(AdminRequest request) {
        boolean accepted =
                request.header("accept").filter(a -> a.startsWith("text/plain")).isPresent();
        String format = oneOf(request, "format", accepted ? "text" : "json", "text", "json");
        return format.equals("text");
    }

    private static String oneOf(
            AdminRequest request, String name, String byDefault, String... others) {
        String value = request.parameter(name).orElse(byDefault);
        if (!value.equals(byDefault) && !List.of(others).contains(value)) {
            throw new IllegalArgumentException(
                    "%s: \"%s\" (expected: %s or %s)"
                            .formatted(name, value, byDefault, String.join(" or ", others)));
        }
        return value;
    }

    private static Map<String, @Nullable Object> json(Explanation e) {
        Question q = e.question();
        return new JsonFields()
                .put("allowed", e.allowed())
                .put("verdict", e.verdict())
                .put(
                        "question",
                        new JsonFields()
                                .put("src", q.source().toString())
                                .put("workload", q.client() == null ? null : q.client().uid())
                                .put("identity", text(q.identity()))
                                .put("dst", q.destination().toString())
                                .put("plaintext", q.plaintext())
                                .map())
                .put(
                        "path",
                        new JsonFields()
                                .put("kind", e.path().kind())
                                .put("reason", e.path().reason())
                                .maybe("service", e.path().service())
                                .put("endpoints", e.path().candidates())
                                .put(
                                        "steps",
                                        e.path().steps().stream().map(ExplainPage::step).toList())
                                .map())
                .put("judgements", e.judgements().stream().map(ExplainPage::judgement).toList())
                .map();
    }

    private static Map<String, @Nullable Object> step(Step step) {
        return new JsonFields()
                .put("what", step.what())
                .put("address", step.address())
                .maybe("authority", step.authority())
                .maybe("expectedIdentities", texts(step.expected()))
                .maybe("workload", step.workload())
                .map();
    }

    private static Map<String, @Nullable Object> judgement(Judgement j) {
        Decision decision = j.decision();
        JsonFields fields =
                new JsonFields()
                        .put("workload", j.workload())
                        .put("peer", text(j.peer()))
                        .put("source", j.source().toString())
                        .put("destination", j.destination().toString())
                        .put("allowed", decision.isAllowed());
        switch (decision) {
            case Decision.Allowed allowed -> fields.maybe("decidedBy", allowed.policy());
            case Decision.Denied denied ->
                    fields.maybe("decidedBy", denied.policy()).put("reason", denied.reason());
        }
        if (j.rule() > 0) {
            fields.put("rule", j.rule());
        }
        List<Object> dryRuns = new ArrayList<>();
        for (Decision.DryRun dryRun : decision.dryRuns()) {
            dryRuns.add(
                    new JsonFields()
                            .put("policy", dryRun.policy())
                            .put("wouldDeny", dryRun.wouldDeny())
                            .map());
        }
        return fields.maybe("dryRuns", dryRuns)
                .maybe("missing", j.missing())
                .put("policies", j.policies().stream().map(ExplainPage::policy).toList())
                .map();
    }

    private static Map<String, @Nullable Object> policy(PolicyAnswer answer) {
        return new JsonFields()
                .put("policy", answer.key())
                .put("scope", answer.scope().name())
                .put("group", answer.group().name())
                .put("matches", answer.matches())
                .put("why", answer.why())
                .put("decides", answer.decides())
                .map();
    }

    private static @Nullable String text(@Nullable SpiffeId id) {
        return id == null ? null : id.uri();
    }

    private static List<String> texts(List<SpiffeId> ids) {
        return ids.stream().map(SpiffeId::uri).toList();
    }
}
