package dev.ambit.tests.rig;

import dev.ambit.demo.bed.Bed;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads what the mesh's processes have written since it was last asked, for what should not be. */
final class LogWatch {

    private static final Pattern ALARM =
            Pattern.compile(
                    "LEAK:|^\\s+at [\\w.$/]+\\(|\\bERROR\\b|\\terror\\t|Exception in thread");

    /** What these faults are expected to make a process say, each with the reason. */
    private static final List<Pattern> EXPECTED =
            List.of(
                    // emfile: the listener rests and says so
                    Pattern.compile("accept failed, resting"),
                    // access-log lines name the failure of a connection
                    Pattern.compile("\\taccess\\t"),
                    // garbage.log and tcpdump are not ours
                    Pattern.compile("nonsense"));

    private final Path logs;
    private final Map<Path, Long> read = new HashMap<>();

    LogWatch(Bed bed) {
        this.logs = bed.plan().logs();
    }

    /** New alarming lines of our processes. */
    List<String> alarms() {
        List<String> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(logs)) {
            for (Path f :
                    files.filter(f -> f.getFileName().toString().matches("(ztunnel|istiod|cni).*"))
                            .sorted()
                            .toList()) {
                fresh(f).lines()
                        .filter(l -> ALARM.matcher(l).find())
                        .filter(l -> EXPECTED.stream().noneMatch(e -> e.matcher(l).find()))
                        .map(l -> f.getFileName() + ": " + l)
                        .forEach(found::add);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private String fresh(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            long from = read.getOrDefault(file, 0L);
            in.skipNBytes(from);
            byte[] bytes = in.readAllBytes();
            read.put(file, from + bytes.length);
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }
}
