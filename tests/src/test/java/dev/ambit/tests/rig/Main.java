package dev.ambit.tests.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code ./ambit rig}. Exit code 0 if every cell that ran is good, 1 if not, 64 for a mistake. */
public final class Main {

    private static final String HELP =
            """
            ./ambit rig [options]       faults under load on two nodes, six checks after each
              --seed=N                  order, places, lengths and strengths (1)
              --faults=a,b              only these (all)
              --sessions=N, --echo=N    idle (1000) and talking (50) sessions
              --seconds=N               shortest fault (4); the longest is three times that
              --minutes=M               begin passes over the faults until M minutes have gone (one pass)
              --short                   the small loads and short faults of ./ambit test
              --publish=FILE            replace the generated table of a Markdown file
            One pass takes about 7 minutes, with --short about 100 seconds. Needs root, iproute2, iptables,
            tcpdump, util-linux. What a kernel cannot do is told as "not run", never as passed.
            """;

    private Main() {}

    private static void say(String line) {
        System.out.println(line);
    }

    /** Arguments as the help has them. */
    public static void main(String... arguments) throws IOException {
        if (arguments.length > 0 && arguments[0].matches("help|-h|--help")) {
            System.out.print(HELP);
            return;
        }
        Options options;
        try {
            options = Options.parse(arguments);
        } catch (IllegalArgumentException wrong) {
            System.err.println("AMB1605  " + wrong.getMessage());
            System.exit(64);
            return;
        }
        List<Row> rows;
        try (Rig rig = new Rig("rig", options, Main::say)) {
            rows = rig.run();
        }
        System.out.println(Report.summary(rows));
        String table = Report.markdown(rows, options);
        Path result = Path.of("target", "rig.md");
        Files.writeString(result, table);
        System.out.println("table: " + result.toAbsolutePath());
        if (options.publish().isPresent()) {
            Report.publish(options.publish().get(), table);
        }
        System.exit(Report.good(rows) ? 0 : 1);
    }
}
