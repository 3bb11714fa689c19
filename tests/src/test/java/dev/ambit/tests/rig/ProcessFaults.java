package dev.ambit.tests.rig;

import dev.ambit.demo.bed.Node;
import dev.ambit.demo.bed.Running;
import dev.ambit.tests.mesh.Eventually;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What happens to the proxies themselves. */
final class ProcessFaults {

    private static final int GREEDY = 120;
    private static final int SPARE = 12;

    private ProcessFaults() {}

    static List<Fault> all() {
        return List.of(
                Fault.resetting("kill9", ProcessFaults::kill9),
                Fault.holding("stop", ProcessFaults::stop),
                Fault.unnoticed("upgrade", ProcessFaults::upgrade),
                Fault.holding("emfile", ProcessFaults::emfile));
    }

    private static List<String> kill9(Stage stage, Random random, Duration time) {
        Node node = stage.mesh().bed().nodes().get(random.nextInt(2));
        stage.ztunnel(node).kill();
        Stage.last(time);
        stage.mesh().startZtunnel(node);
        stage.mesh().awaitZtunnel(node);
        return List.of();
    }

    private static List<String> stop(Stage stage, Random random, Duration time) {
        Running ztunnel = stage.ztunnel(stage.mesh().bed().nodes().get(random.nextInt(2)));
        ztunnel.signal("STOP");
        try {
            Stage.last(time);
        } finally {
            ztunnel.signal("CONT");
        }
        return List.of();
    }

    /** A new process takes over; the old one finishes its tunnels and ends by itself. */
    private static List<String> upgrade(Stage stage, Random random, Duration time) {
        stage.mesh().replaceZtunnel(stage.mesh().node1());
        Stage.last(time);
        return List.of();
    }

    /** The proxy may hold a few more descriptors than it does, and somebody wants many more. */
    private static List<String> emfile(Stage stage, Random random, Duration time)
            throws IOException {
        Node node = stage.mesh().node1();
        long pid = stage.ztunnel(node).pid();
        long now = Footprint.of(pid).descriptors();
        String limit = "prlimit --pid " + pid + " --nofile=";
        String before = softLimit(pid);
        List<Socket> greedy = new ArrayList<>();
        stage.must(node, limit + (now + SPARE) + ":");
        try {
            for (int i = 0; i < GREEDY; i++) {
                greedy.add(
                        stage.client()
                                .net()
                                .connect(stage.server().ip(), Stage.PORT, Duration.ofSeconds(5)));
            }
            Stage.last(time);
        } catch (IOException refused) {
            // that is one way to say no
        } finally {
            stage.must(node, limit + before + ":");
            for (Socket s : greedy) {
                s.close();
            }
        }
        Eventually.holds(
                "connections again with descriptors",
                () -> stage.reaches(stage.client(), stage.server()));
        return List.of();
    }

    private static String softLimit(long pid) throws IOException {
        return java.nio.file.Files.readString(
                        java.nio.file.Path.of("/proc", Long.toString(pid), "limits"))
                .lines()
                .filter(l -> l.startsWith("Max open files"))
                .map(l -> l.split(" +")[3])
                .findFirst()
                .orElseThrow();
    }
}
