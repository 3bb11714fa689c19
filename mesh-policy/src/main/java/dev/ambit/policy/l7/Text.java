package dev.ambit.policy.l7;

import dev.ambit.api.waypoint.ValueMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** Text a policy compares with, compiled. */
final class Text {

    private Text() {}

    static Predicate<String> any(List<ValueMatch> values, boolean foldCase) {
        List<Predicate<String>> all = new ArrayList<>(values.size());
        for (ValueMatch value : values) {
            all.add(one(value, foldCase));
        }
        return candidate -> {
            for (int i = 0; i < all.size(); i++) {
                if (all.get(i).test(candidate)) {
                    return true;
                }
            }
            return false;
        };
    }

    private static Predicate<String> one(ValueMatch match, boolean foldCase) {
        return switch (match) {
            case ValueMatch.Exact m -> fold(m.value(), foldCase)::equals;
            case ValueMatch.Prefix m -> {
                String prefix = fold(m.value(), foldCase);
                yield candidate -> candidate.startsWith(prefix);
            }
            case ValueMatch.Suffix m -> {
                String suffix = fold(m.value(), foldCase);
                yield candidate -> candidate.endsWith(suffix);
            }
            case ValueMatch.Presence m -> candidate -> !candidate.isEmpty();
            case ValueMatch.Template m -> new PathTemplate(m.value())::matches;
        };
    }

    private static String fold(String value, boolean foldCase) {
        return foldCase ? value.toLowerCase(Locale.ROOT) : value;
    }
}
