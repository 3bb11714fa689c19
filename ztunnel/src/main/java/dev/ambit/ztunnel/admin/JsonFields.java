package dev.ambit.ztunnel.admin;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A JSON object under construction; fields of default value can be left out. */
final class JsonFields {

    private final Map<String, @Nullable Object> fields = new LinkedHashMap<>();

    JsonFields put(String key, @Nullable Object value) {
        fields.put(key, value);
        return this;
    }

    /** Unless it is null, empty or false. */
    JsonFields maybe(String key, @Nullable Object value) {
        boolean isDefault =
                switch (value) {
                    case null -> true;
                    case String s -> s.isEmpty();
                    case Collection<?> c -> c.isEmpty();
                    case Map<?, ?> m -> m.isEmpty();
                    case Boolean b -> !b;
                    default -> false;
                };
        if (!isDefault) {
            fields.put(key, value);
        }
        return this;
    }

    Map<String, @Nullable Object> map() {
        return fields;
    }
}
