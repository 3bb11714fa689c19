package dev.ambit.perf.load;

import java.util.Map;
import java.util.TreeMap;

/**
 * One load program: {@code serve}, {@code bulk}, {@code closed}, {@code open}, {@code connect} or
 * {@code hold}, with settings as {@code name=value}. The name of each setting has its unit.
 */
public final class Main {

    private Main() {}

    public static void main(String[] args) throws InterruptedException {
        String program = args.length == 0 ? "" : args[0];
        Map<String, String> given = new TreeMap<>();
        for (int i = 1; i < args.length; i++) {
            int eq = args[i].indexOf('=');
            if (eq < 1) {
                throw new IllegalArgumentException("setting: " + args[i] + " (expected: a=b)");
            }
            given.put(args[i].substring(0, eq), args[i].substring(eq + 1));
        }
        Settings settings = new Settings(given);
        try (Loop loop = new Loop()) {
            String result =
                    switch (program) {
                        case "serve" -> LoadServer.serve(loop, settings);
                        case "bulk" -> Bulk.run(loop, settings);
                        case "closed" -> ClosedLoop.run(loop, settings);
                        case "open" -> OpenLoop.run(loop, settings);
                        case "connect" -> NewConnections.run(loop, settings);
                        case "hold" -> Hold.run(loop, settings);
                        default ->
                                throw new IllegalArgumentException(
                                        "program: "
                                                + program
                                                + " (expected: serve, bulk, closed, open, connect"
                                                + " or hold)");
                    };
            System.out.println(result);
        }
    }
}
