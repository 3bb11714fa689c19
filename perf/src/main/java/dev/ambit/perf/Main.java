package dev.ambit.perf;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ambit.demo.bed.BedException;
import dev.ambit.perf.bed.Contender;
import dev.ambit.perf.bed.PerfBed;
import dev.ambit.perf.report.Figure;
import dev.ambit.perf.report.Results;
import dev.ambit.perf.report.Table;
import dev.ambit.perf.scene.Round;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measures ours and its peers on one bed, round by round, and prints the table. Its first argument
 * is a directory to work in, where {@code ambit.command} says how our ztunnel is started, one
 * argument a line, and {@code against.command}, if it is there, that of another commit.
 */
public final class Main {

    private static final String PEER = "AMBIT_PEER_ZTUNNEL";

    private Main() {}

    public static void main(String[] args) throws IOException {
        Path work = Path.of(args[0]).toAbsolutePath();
        Options options;
        try {
            options = options(work, List.of(args).subList(1, args.length));
        } catch (IllegalArgumentException bad) {
            System.err.println("AMB1605  " + bad.getMessage());
            System.exit(2);
            return;
        }
        System.out.println(heading(options));
        try {
            Results results = measure(work, options);
            System.out.println();
            System.out.print(Table.of(results));
            System.out.println(load());
            System.exit(0);
        } catch (BedException broken) {
            System.err.println(broken.getMessage());
            System.exit(1);
        }
    }

    private static Results measure(Path work, Options options) throws IOException {
        List<Contender> order = options.contenders();
        Results results = new Results(order.stream().map(Contender::name).toList());
        PerfBed bed = PerfBed.start(work.resolve("bed"), order.getFirst());
        Runtime.getRuntime().addShutdownHook(Thread.ofVirtual().unstarted(bed::close));
        for (int round = 1; round <= options.rounds(); round++) {
            for (Contender c : round % 2 == 1 ? order : order.reversed()) {
                measure(bed, round, c, options, results);
                save(work.resolve("figures.json"), results);
            }
        }
        return results;
    }

    /** A round that breaks says so and is left out: the others count. */
    private static void measure(
            PerfBed bed, int round, Contender contender, Options options, Results results) {
        try {
            Map<Figure, Double> figures = Round.run(bed, contender, options.plan());
            results.add(contender.name(), figures);
            System.out.println(round + " " + contender.name() + " " + line(figures));
        } catch (BedException | IllegalStateException broken) {
            System.out.println(round + " " + contender.name() + " FAILED: " + broken.getMessage());
        }
    }

    private static Options options(Path work, List<String> arguments) throws IOException {
        Contender ours = new Contender("ambit", Files.readAllLines(work.resolve("ambit.command")));
        List<Contender> known = new ArrayList<>();
        Path against = work.resolve("against.command");
        if (Files.exists(against)) {
            known.add(new Contender(Table.BEFORE, Files.readAllLines(against)));
        }
        String peer = System.getenv(PEER);
        if (peer != null && !peer.isEmpty()) {
            if (!Files.isExecutable(Path.of(peer))) {
                throw new IllegalArgumentException(
                        PEER + ": " + peer + " (expected: the path of an upstream ztunnel)");
            }
            known.add(new Contender("upstream", List.of(peer, "proxy", "ztunnel")));
        } else {
            System.out.println(
                    "No upstream ztunnel: " + PEER + " names no binary, so its column is absent.");
        }
        return Options.parse(arguments, ours, known);
    }

    private static String heading(Options options) {
        return String.format(
                Locale.ROOT,
                "%d rounds, %d s a load, %d requests/s at the fixed rate; JDK %s, %s %s, %d cores%n%s",
                options.rounds(),
                options.plan().seconds(),
                options.plan().rate(),
                Runtime.version(),
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                Runtime.getRuntime().availableProcessors(),
                load());
    }

    private static String load() {
        try {
            return "load average " + Files.readString(Path.of("/proc/loadavg")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String line(Map<Figure, Double> figures) {
        StringBuilder line = new StringBuilder();
        figures.forEach(
                (f, v) ->
                        line.append(
                                String.format(
                                        Locale.ROOT,
                                        " %s=%.3f",
                                        f.name().toLowerCase(Locale.ROOT),
                                        v)));
        return line.toString().strip();
    }

    private static void save(Path file, Results results) throws IOException {
        ObjectMapper json = new ObjectMapper();
        ObjectNode all = json.createObjectNode();
        for (String contender : results.contenders()) {
            ObjectNode own = all.putObject(contender);
            for (Figure figure : Figure.values()) {
                List<Double> values = results.values(contender, figure);
                if (!values.isEmpty()) {
                    ArrayNode rounds = own.putArray(figure.name().toLowerCase(Locale.ROOT));
                    values.forEach(rounds::add);
                }
            }
        }
        json.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), all);
    }
}
