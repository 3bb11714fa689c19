package dev.ambit.perf.scene;

import dev.ambit.perf.report.Group;
import java.util.Set;

/**
 * What a round measures, and for how long.
 *
 * @param groups figures asked for
 * @param seconds of each load
 * @param rate requests/s of the load at a fixed rate
 */
public record Plan(Set<Group> groups, int seconds, int rate) {

    public Plan {
        groups = Set.copyOf(groups);
    }

    boolean has(Group... any) {
        for (Group g : any) {
            if (groups.contains(g)) {
                return true;
            }
        }
        return false;
    }
}
