package dev.ambit.tests.upgrade;

import java.io.IOException;

/** {@code ./ambit upgrade}: the long form, with figures. */
public final class Main {

    private static final String HELP =
            """
            ./ambit upgrade [option ...]

              Replaces ztunnels while connections are open, and says what became of them. Needs root,
              iproute2 and iptables.

              --sessions=N   that live through all of it            (1000)
              --rounds=N     processes that are replaced            (10)
              --rate=N       new connections a second               (200)
              --rotate       another root in the midst
              --peer         the server is behind AMBIT_PEER_ZTUNNEL, an upstream ztunnel
            """;

    private Main() {}

    /** Ends with 1 if anything was broken or refused. */
    public static void main(String[] arguments) throws IOException {
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            String name = equals < 0 ? argument : argument.substring(0, equals);
            String value = equals < 0 ? "true" : argument.substring(equals + 1);
            switch (name) {
                case "--sessions", "--rounds", "--rate", "--rotate", "--peer" ->
                        System.setProperty("ambit.upgrade." + name.substring(2), value);
                default -> {
                    System.out.print(HELP);
                    System.exit(name.equals("help") ? 0 : 2);
                }
            }
        }
        Plan plan = Plan.of(1000, 10, 200);
        say(plan.toString());
        Outcome outcome;
        try (UpgradeRun run = new UpgradeRun(plan, Main::say)) {
            outcome = run.run();
        }
        outcome.lines().forEach(Main::say);
        outcome.failures().stream().distinct().forEach(Main::say);
        System.exit(outcome.failures().isEmpty() && outcome.refused() == 0 ? 0 : 1);
    }

    private static void say(String line) {
        System.out.println(line);
    }
}
