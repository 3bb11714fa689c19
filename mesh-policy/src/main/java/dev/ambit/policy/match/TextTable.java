package dev.ambit.policy.match;

import dev.ambit.api.policy.StringMatcher;
import java.util.HashMap;
import java.util.Map;

/**
 * Rules by a text that is equal, begins or ends so. {@link StringMatcher.Presence} says too little
 * to look for. Never changes.
 */
final class TextTable {

    private final Map<String, int[]> exact = new HashMap<>();
    private final AffixTable prefixes;
    private final AffixTable suffixes;
    private final boolean empty;

    TextTable(Map<StringMatcher, int[]> rules) {
        Map<String, int[]> beginning = new HashMap<>();
        Map<String, int[]> ending = new HashMap<>();
        rules.forEach(
                (matcher, ids) -> {
                    switch (matcher) {
                        case StringMatcher.Exact m -> exact.put(m.value(), ids);
                        case StringMatcher.Prefix m -> beginning.put(m.value(), ids);
                        case StringMatcher.Suffix m -> ending.put(m.value(), ids);
                        case StringMatcher.Presence m ->
                                throw new IllegalArgumentException("presence has no text");
                    }
                });
        prefixes = new AffixTable(beginning, false);
        suffixes = new AffixTable(ending, true);
        empty = rules.isEmpty();
    }

    boolean isEmpty() {
        return empty;
    }

    void search(String text, RuleSearch search) {
        if (!exact.isEmpty()) {
            search.offer(exact.get(text));
        }
        prefixes.search(text, search);
        suffixes.search(text, search);
    }
}
