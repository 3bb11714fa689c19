package dev.ambit.policy.l7;

import dev.ambit.api.waypoint.Backend;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One of several backends, each as likely as its weight says. */
final class WeightedChoice {

    private WeightedChoice() {}

    /** Null if nothing has a weight. */
    static @Nullable Backend choose(List<Backend> backends, RandomGenerator random) {
        long total = 0;
        for (int i = 0; i < backends.size(); i++) {
            total += backends.get(i).weight();
        }
        if (total == 0) {
            return null;
        }
        long point = backends.size() == 1 ? 0 : random.nextLong(total);
        for (int i = 0; i < backends.size(); i++) {
            point -= backends.get(i).weight();
            if (point < 0) {
                return backends.get(i);
            }
        }
        throw new AssertionError("the weights add up to " + total);
    }
}
