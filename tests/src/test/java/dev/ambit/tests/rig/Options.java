package dev.ambit.tests.rig;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a run is asked for.
 *
 * @param seed of order, places, lengths and strengths
 * @param faults names; empty for all
 * @param idle sessions that say something before and after a fault
 * @param echo sessions that talk all the time
 * @param churn threads that connect, talk and end
 * @param configPerSecond objects written a second, which istiod reads and sends
 * @param shortest length of a fault; the longest is three times that
 * @param passes how often each fault comes, if {@code time} is zero
 * @param time begin passes until it is over
 * @param publish a Markdown file whose generated table is replaced
 */
record Options(
        long seed,
        List<String> faults,
        int idle,
        int echo,
        int churn,
        int configPerSecond,
        Duration shortest,
        int passes,
        Duration time,
        Optional<Path> publish) {

    /** What {@code ./ambit test} runs. */
    static final Options SHORT =
            new Options(
                    1,
                    List.of(),
                    20,
                    6,
                    1,
                    5,
                    Duration.ofMillis(700),
                    1,
                    Duration.ZERO,
                    Optional.empty());

    static final Options LONG =
            new Options(
                    1,
                    List.of(),
                    1000,
                    50,
                    2,
                    20,
                    Duration.ofSeconds(4),
                    1,
                    Duration.ZERO,
                    Optional.empty());

    Options {
        faults = List.copyOf(faults);
    }

    static Options parse(String... arguments) {
        Options o = LONG;
        for (String a : arguments) {
            int eq = a.indexOf('=');
            String key = eq < 0 ? a : a.substring(0, eq);
            String value = eq < 0 ? "" : a.substring(eq + 1);
            o = o.with(key, value);
        }
        return o;
    }

    private Options with(String key, String value) {
        return switch (key) {
            case "--seed" -> seed(Long.parseLong(value));
            case "--faults" -> faults(Arrays.asList(value.split(",")));
            case "--sessions" -> sessions(Integer.parseInt(value));
            case "--echo" -> echo(Integer.parseInt(value));
            case "--minutes" -> time(Duration.ofMinutes(Long.parseLong(value)));
            case "--seconds" -> shortest(Duration.ofSeconds(Long.parseLong(value)));
            case "--short" ->
                    new Options(
                            seed,
                            faults,
                            SHORT.idle,
                            SHORT.echo,
                            SHORT.churn,
                            SHORT.configPerSecond,
                            SHORT.shortest,
                            passes,
                            time,
                            publish);
            case "--publish" ->
                    new Options(
                            seed,
                            faults,
                            idle,
                            echo,
                            churn,
                            configPerSecond,
                            shortest,
                            passes,
                            time,
                            Optional.of(Path.of(value).toAbsolutePath()));
            default ->
                    throw new IllegalArgumentException(
                            key + " (expected: one of those of ./ambit rig help)");
        };
    }

    private Options seed(long s) {
        return new Options(
                s, faults, idle, echo, churn, configPerSecond, shortest, passes, time, publish);
    }

    private Options faults(List<String> f) {
        return new Options(
                seed, f, idle, echo, churn, configPerSecond, shortest, passes, time, publish);
    }

    private Options sessions(int n) {
        return new Options(
                seed, faults, n, echo, churn, configPerSecond, shortest, passes, time, publish);
    }

    private Options echo(int n) {
        return new Options(
                seed, faults, idle, n, churn, configPerSecond, shortest, passes, time, publish);
    }

    private Options shortest(Duration d) {
        return new Options(
                seed, faults, idle, echo, churn, configPerSecond, d, passes, time, publish);
    }

    private Options time(Duration t) {
        return new Options(
                seed, faults, idle, echo, churn, configPerSecond, shortest, passes, t, publish);
    }

    /** What gives the same run again. */
    String command() {
        return "./ambit rig --seed=%d%s --sessions=%d --echo=%d%s%s"
                .formatted(
                        seed,
                        shortest.equals(SHORT.shortest)
                                ? " --short"
                                : " --seconds=" + shortest.toSeconds(),
                        idle,
                        echo,
                        faults.isEmpty() ? "" : " --faults=" + String.join(",", faults),
                        time.isZero() ? "" : " --minutes=" + time.toMinutes());
    }
}
