package dev.ambit.demo.bed;

import java.nio.file.Path;
import java.util.List;

/**
 * What a bed is called and where its files lie.
 *
 * @param prefix of every namespace; unique on the machine
 * @param state directory of logs, made if missing; the bed's owner removes it
 * @param nodes names of the nodes, in order
 */
public record BedPlan(String prefix, Path state, List<String> nodes) {

    private static final int MOST_NODES = 90;

    public BedPlan {
        if (!prefix.matches("[a-z0-9][a-z0-9-]*")) {
            throw new IllegalArgumentException(
                    "prefix: " + prefix + " (expected: lower-case letters, digits and dashes)");
        }
        if (nodes.isEmpty() || nodes.size() > MOST_NODES) {
            throw new IllegalArgumentException(
                    "nodes: " + nodes.size() + " (expected: 1-" + MOST_NODES + ")");
        }
        state = state.toAbsolutePath().normalize();
        nodes = List.copyOf(nodes);
    }

    /** Logs of all processes of the bed. */
    public Path logs() {
        return state.resolve("logs");
    }
}
