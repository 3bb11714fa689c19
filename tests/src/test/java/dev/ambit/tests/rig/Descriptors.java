package dev.ambit.tests.rig;

import dev.ambit.demo.bed.Node;
import dev.ambit.demo.bed.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Which descriptors a process holds, by kind; of sockets their state and port in each namespace.
 */
final class Descriptors {

    private static final Duration COMMAND = Duration.ofSeconds(20);

    private Descriptors() {}

    static String of(Stage stage, Node node, long pid) {
        Map<String, Integer> kinds = new TreeMap<>();
        try (Stream<Path> fds = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            fds.forEach(fd -> kinds.merge(kind(fd), 1, Integer::sum));
        } catch (IOException gone) {
            return "gone";
        }
        List<Place> places = new ArrayList<>(stage.mesh().bed().pods());
        places.add(node);
        for (Place place : places) {
            // State, local and peer address of this process's connections in that namespace.
            String command =
                    "ss -Htanp | grep pid=" + pid + ", | awk '{print $1, $4, $5}' | sort | uniq -c";
            stage.mesh()
                    .bed()
                    .exec(place, COMMAND, "sh", "-c", command)
                    .out()
                    .lines()
                    .forEach(l -> kinds.merge(place.namespace() + l, 1, Integer::sum));
        }
        return kinds.toString();
    }

    private static String kind(Path fd) {
        try {
            return Files.readSymbolicLink(fd).toString().replaceAll("\\d+", "");
        } catch (IOException closedMeanwhile) {
            return "closed meanwhile";
        }
    }
}
