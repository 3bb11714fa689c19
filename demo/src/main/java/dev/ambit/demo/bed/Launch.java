package dev.ambit.demo.bed;

import java.util.List;
import java.util.Map;

/**
 * A process to start.
 *
 * @param name of the process and its log file; unique in the bed
 * @param command program and arguments
 * @param environment all of it, beside PATH, HOME and LANG of the caller
 */
public record Launch(String name, List<String> command, Map<String, String> environment) {

    public Launch {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    public static Launch of(String name, String... command) {
        return new Launch(name, List.of(command), Map.of());
    }
}
