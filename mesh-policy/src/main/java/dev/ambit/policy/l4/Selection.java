package dev.ambit.policy.l4;

import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How one connection chooses among endpoints.
 *
 * @param random chance
 * @param tried uids of workloads that this connection has tried in vain: never chosen again
 * @param avoided uids of workloads that did not answer lately: chosen only where there is no other,
 *     so that never all endpoints of a service are out; null: none
 */
public record Selection(
        RandomGenerator random, Set<String> tried, @Nullable Predicate<String> avoided) {

    /** Among all. */
    public static Selection ofAll(RandomGenerator random) {
        return new Selection(random, Set.of(), null);
    }

    /** Without regard to what did not answer lately. */
    Selection unavoided() {
        return new Selection(random, tried, null);
    }

    boolean allows(String uid) {
        return (tried.isEmpty() || !tried.contains(uid)) && (avoided == null || !avoided.test(uid));
    }
}
