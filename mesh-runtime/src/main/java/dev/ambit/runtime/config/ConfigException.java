package dev.ambit.runtime.config;

import java.util.List;

/**
 * Everything that is wrong with a configuration, at once. A Main prints {@link #getMessage()} and
 * exits with 2.
 */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Exit code of a process whose configuration is wrong. */
    public static final int EXIT_CODE = 2;

    private final transient List<String> problems;

    public ConfigException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    /** One line for each mistake. */
    public List<String> problems() {
        return problems;
    }
}
