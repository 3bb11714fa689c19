package dev.ambit.policy.l7;

import dev.ambit.api.waypoint.ValueMatch;
import dev.ambit.api.waypoint.Values;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * What a policy asks of a header. Every value counts (CVE-2020-25017): an ALLOW rule needs all of
 * them to agree, a DENY rule one.
 */
final class HeaderCriterion implements Criterion {

    private final String name;
    private final boolean allows;
    private final boolean asksValue;
    private final Predicate<String> in;
    private final Predicate<String> notIn;

    HeaderCriterion(String name, Values<ValueMatch> values, boolean allows) {
        this.name = name.toLowerCase(Locale.ROOT);
        this.allows = allows;
        asksValue = !values.in().isEmpty();
        in = Text.any(values.in(), false);
        notIn = Text.any(values.notIn(), false);
    }

    @Override
    public boolean holds(RequestView view) {
        HttpFacts http = view.request();
        if (http == null) {
            return !allows;
        }
        List<String> values = http.headers(name);
        if (values.isEmpty()) {
            return !asksValue;
        }
        if (values.size() == 1) {
            return agrees(values.getFirst());
        }
        // Backends read several lines as one list, so that is one of the values.
        String joined = String.join(",", values);
        boolean all = true;
        boolean any = agrees(joined);
        for (String value : values) {
            boolean agrees = agrees(value);
            all &= agrees;
            any |= agrees;
        }
        return allows ? all : any;
    }

    private boolean agrees(String value) {
        return (!asksValue || in.test(value)) && !notIn.test(value);
    }
}
