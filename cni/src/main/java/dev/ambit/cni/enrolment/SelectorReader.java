package dev.ambit.cni.enrolment;

import dev.ambit.api.manifest.ShallowYaml;
import dev.ambit.cni.enrolment.LabelSelector.Requirement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads {@code AMBIENT_ENABLEMENT_SELECTOR}: a YAML list of {@code podSelector} and {@code
 * namespaceSelector}, each with {@code matchLabels} and {@code matchExpressions}. Pure.
 */
public final class SelectorReader {

    private SelectorReader() {}

    /**
     * @throws IllegalArgumentException saying what is wrong
     */
    public static List<Selector> read(String yaml) {
        Object read;
        try {
            read = ShallowYaml.load(yaml, LoadSettings.builder().build());
        } catch (YamlEngineException e) {
            throw new IllegalArgumentException("not YAML: " + e.getMessage(), e);
        }
        List<Selector> selectors = new ArrayList<>();
        for (Object entry : list(read, "selectors")) {
            Map<?, ?> map = map(entry, "an entry");
            selectors.add(
                    new Selector(
                            labels(map.get("podSelector")), labels(map.get("namespaceSelector"))));
        }
        return selectors;
    }

    private static LabelSelector labels(@Nullable Object value) {
        List<Requirement> all = new ArrayList<>();
        if (value != null) {
            Map<?, ?> selector = map(value, "a selector");
            if (selector.get("matchLabels") != null) {
                map(selector.get("matchLabels"), "matchLabels")
                        .forEach(
                                (k, v) ->
                                        all.add(
                                                new Requirement.In(
                                                        key(k), List.of(String.valueOf(v)))));
            }
            if (selector.get("matchExpressions") != null) {
                for (Object e : list(selector.get("matchExpressions"), "matchExpressions")) {
                    all.add(expression(map(e, "an expression")));
                }
            }
        }
        return new LabelSelector(all);
    }

    /** YAML has keys that are nothing, which no label is. */
    private static String key(@Nullable Object key) {
        if (key == null) {
            throw new IllegalArgumentException("matchLabels: a key is missing");
        }
        return key.toString();
    }

    private static Requirement expression(Map<?, ?> e) {
        String key = String.valueOf(e.get("key"));
        String operator = String.valueOf(e.get("operator"));
        List<String> values =
                e.get("values") == null
                        ? List.of()
                        : list(e.get("values"), "values").stream().map(String::valueOf).toList();
        return switch (operator) {
            case "In" -> new Requirement.In(key, values);
            case "NotIn" -> new Requirement.NotIn(key, values);
            case "Exists" -> new Requirement.Exists(key);
            case "DoesNotExist" -> new Requirement.DoesNotExist(key);
            default ->
                    throw new IllegalArgumentException(
                            "operator: "
                                    + operator
                                    + " (expected: In, NotIn, Exists, DoesNotExist)");
        };
    }

    private static List<?> list(@Nullable Object value, String what) {
        if (value instanceof List<?> list) {
            return list;
        }
        throw new IllegalArgumentException(what + ": " + value + " (expected: a list)");
    }

    private static Map<?, ?> map(@Nullable Object value, String what) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new IllegalArgumentException(what + ": " + value + " (expected: a map)");
    }
}
