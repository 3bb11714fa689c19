package dev.ambit.api;

import dev.ambit.identity.SpiffeId;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes records with every component at random, so a round trip cannot forget one that is added
 * later. A seed makes the same records again.
 */
public final class RandomRecords {

    private static final int MAX_DEPTH = 12;

    private final Random random;
    private final Map<Class<?>, Supplier<?>> types = new HashMap<>();
    private final Map<String, Supplier<?>> components = new HashMap<>();
    private int depth;

    public RandomRecords(long seed) {
        random = new Random(seed);
        types.put(String.class, this::text);
        types.put(int.class, () -> random.nextInt(65535) + 1);
        types.put(Integer.class, () -> random.nextInt(65535) + 1);
        types.put(boolean.class, random::nextBoolean);
        types.put(IpAddress.class, this::address);
        types.put(Cidr.class, this::block);
        types.put(SpiffeId.class, this::identity);
        types.put(Duration.class, () -> Duration.ofMillis(random.nextInt(100_000)));
        types.put(Instant.class, () -> Instant.ofEpochSecond(random.nextInt(2_000_000_000)));
    }

    /** Values of components of this name, whatever their record. */
    public RandomRecords component(String name, Supplier<?> values) {
        components.put(name, values);
        return this;
    }

    public <T> T one(Class<T> type) {
        return type.cast(value(type, Map.of()));
    }

    public int number(int bound) {
        return random.nextInt(bound);
    }

    public String text() {
        int length = 1 + random.nextInt(12);
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < length; i++) {
            out.append("abcdefghijklmnopqrstuvwxyz0123456789-é".charAt(random.nextInt(38)));
        }
        return out.toString();
    }

    private IpAddress address() {
        byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
        random.nextBytes(bytes);
        return IpAddress.of(bytes);
    }

    private Cidr block() {
        IpAddress base = address();
        return new Cidr(base, random.nextInt(base.isV4() ? 33 : 129));
    }

    private SpiffeId identity() {
        return SpiffeId.of(
                random.nextBoolean() ? "cluster.local" : "td" + random.nextInt(9),
                "ns" + random.nextInt(9),
                "sa" + random.nextInt(9));
    }

    private Object value(Type type, Map<TypeVariable<?>, Type> bindings) {
        if (type instanceof TypeVariable<?> variable) {
            return value(bindings.getOrDefault(variable, String.class), bindings);
        }
        if (type instanceof ParameterizedType generic) {
            return generic(generic, bindings);
        }
        Class<?> of = (Class<?>) type;
        Supplier<?> known = types.get(of);
        if (known != null) {
            return known.get();
        }
        if (of.isEnum()) {
            Object[] constants = of.getEnumConstants();
            return constants[random.nextInt(constants.length)];
        }
        if (of.isSealed()) {
            Class<?>[] cases = of.getPermittedSubclasses();
            return value(cases[random.nextInt(cases.length)], bindings);
        }
        if (of.isRecord()) {
            return record(of, bindings);
        }
        throw new AssertionError("no values for " + of);
    }

    private Object generic(ParameterizedType type, Map<TypeVariable<?>, Type> bindings) {
        Class<?> raw = (Class<?>) type.getRawType();
        Type[] arguments = type.getActualTypeArguments();
        if (raw == List.class) {
            List<Object> list = new ArrayList<>();
            int size = depth > MAX_DEPTH ? 0 : random.nextInt(3);
            for (int i = 0; i < size; i++) {
                list.add(value(arguments[0], bindings));
            }
            return list;
        }
        if (raw == Map.class) {
            Map<Object, Object> map = new HashMap<>();
            for (int i = random.nextInt(3); i > 0; i--) {
                map.put(value(arguments[0], bindings), value(arguments[1], bindings));
            }
            return map;
        }
        Map<TypeVariable<?>, Type> inner = new HashMap<>();
        for (int i = 0; i < arguments.length; i++) {
            inner.put(raw.getTypeParameters()[i], arguments[i]);
        }
        return record(raw, inner);
    }

    private Object record(Class<?> type, Map<TypeVariable<?>, Type> bindings) {
        RecordComponent[] parts = type.getRecordComponents();
        Class<?>[] signature = new Class<?>[parts.length];
        @Nullable Object[] values = new @Nullable Object[parts.length];
        depth++;
        for (int i = 0; i < parts.length; i++) {
            signature[i] = parts[i].getType();
            boolean absent =
                    parts[i].getAnnotatedType().isAnnotationPresent(Nullable.class)
                            && random.nextBoolean();
            Supplier<?> named = components.get(parts[i].getName().toLowerCase(Locale.ROOT));
            values[i] =
                    absent
                            ? null
                            : named != null
                                    ? named.get()
                                    : value(parts[i].getGenericType(), bindings);
        }
        depth--;
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(signature);
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            throw new AssertionError("values of " + type, e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a record has a public canonical constructor: " + type, e);
        }
    }
}
