package dev.ambit.perf.bed;

import java.util.List;

/**
 * A ztunnel under measurement.
 *
 * @param name heading of its column
 * @param command program and arguments
 */
public record Contender(String name, List<String> command) {

    public Contender {
        command = List.copyOf(command);
        if (name.isEmpty() || command.isEmpty()) {
            throw new IllegalArgumentException(
                    "contender: " + name + "=" + command + " (expected: NAME=COMMAND)");
        }
    }
}
