package dev.ambit.policy.l7;

import java.util.List;

/**
 * A path with {@code {*}} for exactly one element and {@code {**}} for any number of them, as
 * Istio's policies write it: {@code /users/{*}/orders/{**}}.
 */
final class PathTemplate {

    private static final String ONE = "{*}";
    private static final String MANY = "{**}";

    private final List<String> elements;

    PathTemplate(String template) {
        elements = List.of(template.split("/", -1));
    }

    boolean matches(String path) {
        return matches(List.of(path.split("/", -1)));
    }

    /**
     * Greedy with one point to come back to, so a path of n elements costs at most n times the
     * template: the last {@code {**}} is the only one that may have to grow.
     */
    private boolean matches(List<String> path) {
        int p = 0;
        int t = 0;
        int manyAt = -1;
        int resumeAt = 0;
        while (p < path.size()) {
            if (t < elements.size() && elements.get(t).equals(MANY)) {
                manyAt = t++;
                resumeAt = p;
            } else if (t < elements.size() && covers(elements.get(t), path.get(p))) {
                p++;
                t++;
            } else if (manyAt >= 0) {
                t = manyAt + 1;
                p = ++resumeAt;
            } else {
                return false;
            }
        }
        while (t < elements.size() && elements.get(t).equals(MANY)) {
            t++;
        }
        return t == elements.size();
    }

    private static boolean covers(String element, String value) {
        return element.equals(ONE) ? !value.isEmpty() : element.equals(value);
    }
}
