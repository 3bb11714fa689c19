package dev.ambit.istiod.resource;

import dev.ambit.istiod.resource.LabelSelector.Expression;
import dev.ambit.istiod.resource.LabelSelector.Operator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The two forms of selectors: Kubernetes' and Istio's. */
final class SelectorReader {
    private static final Map<String, Operator> OPERATORS =
            Map.of(
                    "In", Operator.IN,
                    "NotIn", Operator.NOT_IN,
                    "Exists", Operator.EXISTS,
                    "DoesNotExist", Operator.DOES_NOT_EXIST);

    private SelectorReader() {}

    static LabelSelector labelSelector(Fields selector) {
        List<Expression> expressions = new ArrayList<>();
        for (Fields e : selector.objects("matchExpressions")) {
            if (!e.has("operator")) {
                e.missing("operator");
            }
            expressions.add(
                    new Expression(
                            e.required("key"),
                            e.choice("operator", Operator.IN, OPERATORS),
                            e.texts("values")));
        }
        return new LabelSelector(selector.textMap("matchLabels"), expressions);
    }

    /** {@code spec.selector.matchLabels} of an Istio policy; null without a selector. */
    static @Nullable Map<String, String> workloadSelector(Fields spec) {
        return spec.has("selector") ? spec.object("selector").textMap("matchLabels") : null;
    }
}
