package dev.ambit.perf;

import dev.ambit.perf.bed.Contender;
import dev.ambit.perf.report.Group;
import dev.ambit.perf.scene.Plan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the table is asked to be.
 *
 * @param rounds each contender once in each, in alternating order
 * @param contenders ours first
 */
record Options(int rounds, Plan plan, List<Contender> contenders) {

    private static final int ROUNDS = 5;
    private static final int SECONDS = 6;
    private static final int RATE = 5_000;

    /**
     * Reads the command line.
     *
     * @param ours the first contender
     * @param known contenders that need not be named on the command line
     */
    static Options parse(List<String> arguments, Contender ours, List<Contender> known) {
        int rounds = ROUNDS;
        int seconds = SECONDS;
        int rate = RATE;
        Set<Group> groups = EnumSet.allOf(Group.class);
        List<Contender> contenders = new ArrayList<>(List.of(ours));
        contenders.addAll(known);
        for (String argument : arguments) {
            int eq = argument.indexOf('=');
            String name = eq < 0 ? argument : argument.substring(0, eq);
            String value = eq < 0 ? "" : argument.substring(eq + 1);
            switch (name) {
                case "--rounds" -> rounds = count(name, value);
                case "--secs" -> seconds = count(name, value);
                case "--rate" -> rate = count(name, value);
                case "--only" -> groups = groups(value);
                default -> {
                    if (eq < 1 || name.startsWith("-")) {
                        throw new IllegalArgumentException(
                                argument
                                        + " (expected: --rounds=, --secs=, --rate=, --only=,"
                                        + " --against=REF or NAME=COMMAND)");
                    }
                    contenders.add(new Contender(name, List.of(value.strip().split("\\s+"))));
                }
            }
        }
        return new Options(rounds, new Plan(groups, seconds, rate), List.copyOf(contenders));
    }

    private static int count(String name, String value) {
        if (!value.matches("[1-9][0-9]{0,5}")) {
            throw new IllegalArgumentException(
                    name + ": " + value + " (expected: a whole number from 1)");
        }
        return Integer.parseInt(value);
    }

    private static Set<Group> groups(String value) {
        Set<Group> groups = EnumSet.noneOf(Group.class);
        for (String word : value.split(",")) {
            groups.add(
                    Arrays.stream(Group.values())
                            .filter(g -> g.word().equals(word.toLowerCase(Locale.ROOT)))
                            .findFirst()
                            .orElseThrow(
                                    () ->
                                            new IllegalArgumentException(
                                                    "--only: "
                                                            + word
                                                            + " (expected: some of "
                                                            + words()
                                                            + ")")));
        }
        return groups;
    }

    static String words() {
        return Arrays.stream(Group.values()).map(Group::word).collect(Collectors.joining(","));
    }
}
