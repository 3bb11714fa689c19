package dev.ambit.tests.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code ./ambit rig}. Exit code 0 if every cell that ran is good, 1 if not, 64 for a mistake. */
public final class Main {

    private Main() {}

    private static void say(String line) {
        System.out.println(line);
    }

    /** Arguments as {@code ./ambit rig help} has them. */
    public static void main(String... arguments) throws IOException {
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
