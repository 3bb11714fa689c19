package dev.ambit.policy.match;

import dev.ambit.api.policy.Clause;
import dev.ambit.api.policy.Match;
import dev.ambit.api.policy.Rule;
import dev.ambit.api.policy.StringMatcher;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Chooses for each rule what it is found by. A rule can match only if each of its clauses does, and
 * a clause only if one of its matches has a positive value the connection has; so one clause, and
 * in each of its matches one field, are enough to find it. Of those possible the values that fewest
 * rules name are taken. What has no such value is asked always. Confined to its thread.
 */
final class RuleCompiler {

    /** Where a positive value is compared. */
    enum Field {
        PRINCIPAL,
        ACCOUNT,
        NAMESPACE,
        SOURCE,
        DESTINATION,
        PORT;

        private static final List<Field> ALL = List.of(values());

        List<?> of(Match match) {
            return switch (this) {
                case PRINCIPAL -> match.principals();
                case ACCOUNT -> match.serviceAccounts();
                case NAMESPACE -> match.namespaces();
                case SOURCE -> match.sourceIps();
                case DESTINATION -> match.destinationIps();
                case PORT -> match.destinationPorts();
            };
        }
    }

    private record Key(Field field, Object value) {}

    private record Choice(Clause clause, long cost) {}

    /** Grows. */
    private static final class Ids {
        private int[] ids = new int[1];
        private int size;

        void add(int id) {
            if (size > 0 && ids[size - 1] == id) {
                return;
            }
            if (size == ids.length) {
                ids = Arrays.copyOf(ids, size * 2);
            }
            ids[size++] = id;
        }

        int[] toArray() {
            return Arrays.copyOf(ids, size);
        }
    }

    private final Rule[] rules;
    private final Map<Key, Integer> named = new HashMap<>();
    private final Map<Key, Ids> found = new HashMap<>();
    private final Ids always = new Ids();

    RuleCompiler(Rule[] rules) {
        this.rules = rules;
        for (Rule rule : rules) {
            for (Clause clause : rule.clauses()) {
                clause.matches().forEach(this::count);
            }
        }
        for (int id = 0; id < rules.length; id++) {
            place(id);
        }
    }

    private void count(Match match) {
        for (Field field : Field.ALL) {
            for (Object value : field.of(match)) {
                named.merge(new Key(field, value), 1, Integer::sum);
            }
        }
    }

    private void place(int id) {
        Choice best = null;
        for (Clause clause : rules[id].clauses()) {
            if (clause.matches().isEmpty()) {
                continue;
            }
            long cost = 0;
            for (Match match : clause.matches()) {
                // An empty match never matches: nothing has to be found for it.
                long of = match.isEmpty() ? 0 : cost(match, best(match));
                cost = of < 0 || cost < 0 ? -1 : cost + of;
            }
            if (cost >= 0 && (best == null || cost < best.cost())) {
                best = new Choice(clause, cost);
            }
        }
        if (best == null) {
            always.add(id);
            return;
        }
        for (Match match : best.clause().matches()) {
            Field field = best(match);
            if (field != null) {
                for (Object value : field.of(match)) {
                    found.computeIfAbsent(new Key(field, value), k -> new Ids()).add(id);
                }
            }
        }
    }

    /** Null if none will do. */
    private @Nullable Field best(Match match) {
        Field best = null;
        long least = Long.MAX_VALUE;
        for (Field field : Field.ALL) {
            long cost = cost(match, field);
            if (cost >= 0 && cost < least) {
                least = cost;
                best = field;
            }
        }
        return best;
    }

    /** How many rules share its values; negative if the field cannot be looked for. */
    private long cost(Match match, @Nullable Field field) {
        if (field == null || field.of(match).isEmpty()) {
            return -1;
        }
        long cost = 0;
        for (Object value : field.of(match)) {
            if (value instanceof StringMatcher.Presence) {
                return -1;
            }
            cost += named.getOrDefault(new Key(field, value), 0);
        }
        return cost;
    }

    /** Rules that have to be asked always. */
    int[] always() {
        return always.toArray();
    }

    /** Rules found by that field's values. */
    <T> Map<T, int[]> by(Field field, Class<T> type) {
        Map<T, int[]> by = new HashMap<>();
        found.forEach(
                (key, ids) -> {
                    if (key.field() == field) {
                        by.put(type.cast(key.value()), ids.toArray());
                    }
                });
        return by;
    }
}
