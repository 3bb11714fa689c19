package dev.ambit.cni.enrolment;

import java.util.List;
import java.util.Map;

/** A label selector of Kubernetes: all its requirements hold. Pure. */
public record LabelSelector(List<Requirement> requirements) {

    public LabelSelector {
        requirements = List.copyOf(requirements);
    }

    public boolean matches(Map<String, String> labels) {
        return requirements.stream().allMatch(r -> r.holds(labels));
    }

    /** One requirement. */
    public sealed interface Requirement {

        boolean holds(Map<String, String> labels);

        /** The label has one of these values. */
        record In(String key, List<String> values) implements Requirement {
            @Override
            public boolean holds(Map<String, String> labels) {
                String value = labels.get(key);
                return value != null && values.contains(value);
            }
        }

        /** The label is absent or has none of these values. */
        record NotIn(String key, List<String> values) implements Requirement {
            @Override
            public boolean holds(Map<String, String> labels) {
                String value = labels.get(key);
                return value == null || !values.contains(value);
            }
        }

        /** The label is there. */
        record Exists(String key) implements Requirement {
            @Override
            public boolean holds(Map<String, String> labels) {
                return labels.containsKey(key);
            }
        }

        /** The label is not there. */
        record DoesNotExist(String key) implements Requirement {
            @Override
            public boolean holds(Map<String, String> labels) {
                return !labels.containsKey(key);
            }
        }
    }
}
