package dev.ambit.demo;

import dev.ambit.demo.bed.BedException;
import dev.ambit.demo.scenario.Scenarios;
import dev.ambit.demo.terminal.Terminal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** {@code ./ambit demo …}: the first argument says what; none starts the demo. */
public final class Main {

    private static final String USAGE =
            """
            ./ambit demo                          start a mesh on this machine; Ctrl-C ends it
                 --detach                         start it and leave it running
                 --manifests <dir>                use these manifests instead of a copy of ours
                 --no-mesh                        the same pods without a mesh
            ./ambit demo down                     end it and remove everything
            ./ambit demo status                   its pods and processes
            ./ambit demo logs <pod or process>    what one of them writes (-f to follow)
            ./ambit demo exec <pod> -- <command>  run a program of this machine inside a pod,
                                                  or where istiod, ztunnel-node1 … live

            Scenarios, each with its manifests, real traffic and figures before and after:

            ./ambit demo canary                   nine of ten requests to one version, one to another
            ./ambit demo mirror                   copies of requests to a version that never answers
            ./ambit demo strict-mtls              plain text from outside the mesh is refused
            ./ambit demo authz                    only reviews may ask for ratings, by identity
            ./ambit demo retry                    a failing version that nobody notices
            ./ambit demo undo <scenario>          take it back
            """;

    private Main() {}

    public static void main(String[] args) {
        Terminal terminal = Terminal.standard();
        int exit;
        try {
            exit = run(new ArrayList<>(Arrays.asList(args)), terminal);
        } catch (BedException e) {
            terminal.line(String.valueOf(e.getMessage()));
            exit = 1;
        } catch (IllegalArgumentException e) {
            terminal.line(e.getMessage() + "\n\n" + usage());
            exit = 2;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            exit = 130;
        } catch (Exception e) {
            terminal.line("AMB1642  the demo failed: " + e);
            e.printStackTrace();
            exit = 1;
        }
        System.exit(exit);
    }

    private static int run(List<String> args, Terminal terminal) throws Exception {
        DemoHome home = DemoHome.here();
        boolean starts = args.isEmpty() || args.get(0).startsWith("-");
        String verb = starts ? "up" : args.removeFirst();
        return switch (verb) {
            case "up" -> up(home, terminal, args);
            case "down" -> new Down(home, terminal).run();
            case "status" -> new Inspect(home, terminal).status();
            case "logs" -> new Inspect(home, terminal).logs(args);
            case "exec" -> new Inspect(home, terminal).exec(args);
            case "help", "-h", "--help" -> {
                terminal.line(usage());
                yield 0;
            }
            case "undo" -> {
                if (args.size() != 1) {
                    throw new IllegalArgumentException("undo (expected: the name of a scenario)");
                }
                yield new Scenarios(home.files(), terminal).undo(args.get(0));
            }
            default -> {
                if (!Scenarios.known(verb) || !args.isEmpty()) {
                    throw new IllegalArgumentException("unknown: ./ambit demo " + verb);
                }
                Detached.ensure(home, terminal);
                yield new Scenarios(home.files(), terminal).play(verb);
            }
        };
    }

    private static int up(DemoHome home, Terminal terminal, List<String> args) throws Exception {
        if (args.contains("--help") || args.contains("-h")) {
            terminal.line(usage());
            return 0;
        }
        UpOptions options = UpOptions.parse(args, home);
        return options.detach()
                ? new Detached(home, terminal).run(args)
                : new Up(home, options, terminal).run();
    }

    private static String usage() {
        return USAGE.stripTrailing();
    }
}
