package dev.ambit.runtime.profile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A profile in the making, in the format of <a
 * href="https://github.com/google/pprof/blob/main/proto/profile.proto">profile.proto</a>: stacks
 * with values, equal stacks added up. Confined to one thread.
 */
final class Pprof {

    /** A type of value and its unit, for example {@code cpu} in {@code nanoseconds}. */
    record ValueType(String type, String unit) {}

    /**
     * One place of a stack.
     *
     * @param function full name
     * @param line 0 if it is not known
     */
    record Frame(String function, int line) {}

    private static final int SAMPLE_TYPE = 1;
    private static final int SAMPLE = 2;
    private static final int LOCATION = 4;
    private static final int FUNCTION = 5;
    private static final int STRING_TABLE = 6;
    private static final int TIME_NANOS = 9;
    private static final int DURATION_NANOS = 10;
    private static final int PERIOD_TYPE = 11;
    private static final int PERIOD = 12;

    private final List<ValueType> types;
    private final Map<List<Frame>, long[]> samples = new LinkedHashMap<>();

    Pprof(ValueType... types) {
        this.types = List.of(types);
    }

    /** Adds to a stack, its innermost frame first. */
    void add(List<Frame> stack, long... values) {
        long[] sum = samples.computeIfAbsent(stack, s -> new long[types.size()]);
        for (int i = 0; i < sum.length; i++) {
            sum[i] += values[i];
        }
    }

    /** How many different stacks there are. */
    int size() {
        return samples.size();
    }

    /**
     * @param period what one sample of the last type stands for
     */
    byte[] encode(long timeNanos, long durationNanos, long period) {
        Tables tables = new Tables();
        ProtoWriter profile = new ProtoWriter();
        types.forEach(t -> profile.message(SAMPLE_TYPE, tables.valueType(t)));
        samples.forEach(
                (stack, values) ->
                        profile.message(
                                SAMPLE,
                                new ProtoWriter()
                                        .packed(
                                                1,
                                                stack.stream()
                                                        .mapToLong(tables::location)
                                                        .toArray())
                                        .packed(2, values)));
        profile.number(TIME_NANOS, timeNanos)
                .number(DURATION_NANOS, durationNanos)
                .message(PERIOD_TYPE, tables.valueType(types.getLast()))
                .number(PERIOD, period);
        tables.write(profile);
        return profile.toByteArray();
    }

    /** What samples refer to by number. */
    private static final class Tables {
        private final Map<String, Integer> strings = new LinkedHashMap<>(Map.of("", 0));
        private final Map<Frame, Integer> locations = new LinkedHashMap<>();
        private final Map<String, Integer> functions = new LinkedHashMap<>();

        private int string(String text) {
            return number(strings, text, 0);
        }

        private static <K> int number(Map<K, Integer> table, K key, int first) {
            Integer known = table.putIfAbsent(key, table.size() + first);
            return known == null ? table.size() - 1 + first : known;
        }

        private ProtoWriter valueType(ValueType type) {
            return new ProtoWriter().number(1, string(type.type())).number(2, string(type.unit()));
        }

        private long location(Frame frame) {
            return number(locations, frame, 1);
        }

        private void write(ProtoWriter profile) {
            locations.forEach(
                    (frame, id) ->
                            profile.message(
                                    LOCATION,
                                    new ProtoWriter()
                                            .number(1, id)
                                            .message(
                                                    4,
                                                    new ProtoWriter()
                                                            .number(
                                                                    1,
                                                                    number(
                                                                            functions,
                                                                            frame.function(),
                                                                            1))
                                                            .number(2, frame.line()))));
            functions.forEach(
                    (name, id) ->
                            profile.message(
                                    FUNCTION,
                                    new ProtoWriter()
                                            .number(1, id)
                                            .number(2, string(name))
                                            .number(3, string(name))));
            new ArrayList<>(strings.keySet()).forEach(s -> profile.text(STRING_TABLE, s));
        }
    }
}
