package dev.ambit.runtime.admin;

import dev.ambit.runtime.log.Level;
import dev.ambit.runtime.log.LogFilter;
import dev.ambit.runtime.log.Logging;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * {@code POST /logging}: shows and changes the log filter. {@code ?level=debug} or {@code
 * ?level=access=debug,dns=off} adds to it, {@code ?reset} first goes back to what the process
 * started with.
 */
public final class LoggingRoutes {

    private static final String USAGE =
            """
            usage: POST /logging\t\t\t\t\t\t(To list current level)
            usage: POST /logging?level=<level>\t\t\t\t(To change global levels)
            usage: POST /logging?level={mod1}={level1},{mod2}={level2}\t(To change specific mods' logging level)
            usage: POST /logging?reset\t\t\t\t\t(To reset to the level at start)
            levels: off, error, warn, info, debug, trace
            """;

    private LoggingRoutes() {}

    public static Consumer<AdminRoutes> standard() {
        return routes -> routes.post("/logging", LoggingRoutes::change);
    }

    private static AdminResponse change(AdminRequest request) {
        Optional<String> level = request.parameter("level").filter(l -> !l.isEmpty());
        LogFilter start =
                request.query().containsKey("reset") ? Logging.initialFilter() : Logging.filter();
        try {
            Logging.setFilter(level.map(l -> start.with(checked(l))).orElse(start));
        } catch (IllegalArgumentException e) {
            return AdminResponse.text(
                    400, "Invalid level provided: " + level.orElse("") + "\n" + USAGE);
        }
        return AdminResponse.text("current log level is " + Logging.filter() + "\n");
    }

    /**
     * In a filter a target alone means trace; here it is more likely a level written wrong. The
     * form {@code target:level}, which istioctl documents, is taken as meant.
     */
    private static String checked(String filter) {
        return Stream.of(filter.split(",", -1))
                .map(LoggingRoutes::clause)
                .collect(Collectors.joining(","));
    }

    private static String clause(String clause) {
        if (clause.contains("=") || Level.parse(clause).isPresent()) {
            return clause;
        }
        int colon = clause.lastIndexOf(':');
        if (colon > 0
                && clause.charAt(colon - 1) != ':'
                && Level.parse(clause.substring(colon + 1)).isPresent()) {
            return clause.substring(0, colon) + "=" + clause.substring(colon + 1);
        }
        throw new IllegalArgumentException(clause);
    }
}
