package dev.ambit.waypoint.admin;

import dev.ambit.api.Cidr;
import dev.ambit.api.IpAddress;
import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.waypoint.GatewayName;
import dev.ambit.identity.SpiffeId;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Records as maps for JSON: names and addresses as text, the alternatives of a sealed interface
 * with their name, what is empty left out.
 */
final class RecordView {

    private RecordView() {}

    static @Nullable Object of(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case SpiffeId id -> id.uri();
            case IpAddress address -> address.toString();
            case NetworkAddress address -> address.toString();
            case NamespacedHostname name -> name.toString();
            case GatewayName name -> name.toString();
            case Cidr range -> range.toString();
            case Duration duration -> duration.toString();
            case Instant instant -> instant.toString();
            case Enum<?> choice -> choice.name();
            case Record record -> fields(record);
            case Collection<?> many -> many.stream().map(RecordView::of).toList();
            case Map<?, ?> map -> entries(map);
            case Number number -> number;
            case Boolean flag -> flag;
            default -> value.toString();
        };
    }

    private static Map<String, @Nullable Object> entries(Map<?, ?> map) {
        Map<String, @Nullable Object> view = new TreeMap<>();
        map.forEach((key, value) -> view.put(String.valueOf(of(key)), of(value)));
        return view;
    }

    private static Map<String, @Nullable Object> fields(Record record) {
        Map<String, @Nullable Object> view = new LinkedHashMap<>();
        if (isAlternative(record.getClass())) {
            view.put("kind", record.getClass().getSimpleName());
        }
        for (RecordComponent part : record.getClass().getRecordComponents()) {
            @Nullable Object value = of(read(record, part));
            if (!isEmpty(value)) {
                view.put(part.getName(), value);
            }
        }
        return view;
    }

    private static boolean isAlternative(Class<?> type) {
        for (Class<?> parent : type.getInterfaces()) {
            if (parent.isSealed()) {
                return true;
            }
        }
        return false;
    }

    private static boolean isEmpty(@Nullable Object value) {
        return value == null
                || value.equals("")
                || (value instanceof Collection<?> many && many.isEmpty())
                || (value instanceof Map<?, ?> map && map.isEmpty());
    }

    private static @Nullable Object read(Record record, RecordComponent part) {
        try {
            return part.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(part + " cannot be read", e);
        }
    }
}
