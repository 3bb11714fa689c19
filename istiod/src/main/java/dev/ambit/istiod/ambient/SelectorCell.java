package dev.ambit.istiod.ambient;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where a selector is kept so that the objects it may select find it: under one of its labels. An
 * object looks under each of its own labels and checks the whole selector then; so a new selector
 * touches only objects that have that label.
 *
 * @param label "" for a selector that selects everything in the namespace
 */
record SelectorCell(String namespace, String label, String value) {

    /** The place of a selector of a namespace. */
    static SelectorCell of(String namespace, Map<String, String> selector) {
        if (selector.isEmpty()) {
            return new SelectorCell(namespace, "", "");
        }
        Map.Entry<String, String> first = new TreeMap<>(selector).firstEntry();
        return new SelectorCell(namespace, first.getKey(), first.getValue());
    }

    /** The places to look for selectors of a namespace that may select these labels. */
    static List<SelectorCell> candidates(String namespace, Map<String, String> labels) {
        List<SelectorCell> cells = new ArrayList<>(labels.size() + 1);
        cells.add(new SelectorCell(namespace, "", ""));
        labels.forEach((k, v) -> cells.add(new SelectorCell(namespace, k, v)));
        return cells;
    }

    static boolean selects(Map<String, String> selector, Map<String, String> labels) {
        return labels.entrySet().containsAll(selector.entrySet());
    }
}
