package dev.ambit.demo;

import dev.ambit.demo.bed.BedException;
import dev.ambit.demo.cluster.RunningDemo;
import dev.ambit.demo.cluster.RunningDemo.PodInfo;
import dev.ambit.demo.cluster.RunningDemo.ProcessInfo;
import dev.ambit.demo.measure.Sample;
import dev.ambit.demo.measure.Traffic;
import dev.ambit.demo.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Looks at a running demo: its pods, what they write, and from inside of one. */
final class Inspect {

    private static final Duration LATELY = Duration.ofSeconds(10);

    private final DemoHome home;
    private final Terminal terminal;

    Inspect(DemoHome home, Terminal terminal) {
        this.home = home;
        this.terminal = terminal;
    }

    int status() {
        RunningDemo demo = RunningDemo.must(home.files());
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("PROCESS", "WHERE", "ADDRESS", "PID", "STATE"));
        for (ProcessInfo p : demo.processes()) {
            rows.add(
                    List.of(
                            p.name(),
                            p.place(),
                            p.address(),
                            Long.toString(p.pid()),
                            p.alive() ? "runs" : "ended"));
        }
        terminal.table(rows);
        terminal.line("");
        rows.clear();
        rows.add(
                List.of(
                        "POD",
                        "NAMESPACE",
                        "NODE",
                        "ADDRESS",
                        "SERVICE ACCOUNT",
                        "RESTARTS",
                        "STATE"));
        for (PodInfo p : demo.pods()) {
            rows.add(
                    List.of(
                            p.name(),
                            p.namespace(),
                            p.node(),
                            p.address(),
                            p.serviceAccount(),
                            Integer.toString(p.restarts()),
                            p.phase()));
        }
        terminal.table(rows);
        terminal.line("");
        terminal.line("  manifests  " + demo.manifests());
        demo.pods().stream()
                .filter(p -> p.owner().equals("client") && p.ready())
                .findFirst()
                .ifPresent(client -> terminal.line("  traffic    " + traffic(client)));
        return 0;
    }

    private static String traffic(PodInfo client) {
        Sample sample =
                new Traffic(client.netns()).since(System.currentTimeMillis() - LATELY.toMillis());
        return "last %d s: %d requests, %d failed, median %s, 99th percentile %s%s"
                .formatted(
                        LATELY.toSeconds(),
                        sample.size(),
                        sample.failed(),
                        sample.quantile(0.5),
                        sample.quantile(0.99),
                        sample.failures().isEmpty() ? "" : " " + sample.failures());
    }

    int logs(List<String> args) throws IOException, InterruptedException {
        boolean follow = args.removeIf(a -> a.equals("-f") || a.equals("--follow"));
        if (args.size() != 1) {
            throw new IllegalArgumentException("logs (expected: one pod or process)");
        }
        Path log = log(RunningDemo.must(home.files()), args.get(0));
        if (!Files.exists(log)) {
            throw new BedException("AMB1644  nothing was written to " + log + " yet");
        }
        List<String> command = new ArrayList<>(List.of("tail", "-n", follow ? "50" : "+1"));
        if (follow) {
            command.add("-F");
        }
        command.add(log.toString());
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    /**
     * The pod's network and variables, and its namespace's services by name; files are the host's.
     */
    int exec(List<String> args) throws IOException, InterruptedException {
        int dashes = args.indexOf("--");
        int command = dashes < 0 ? 1 : dashes + 1;
        if (args.isEmpty() || command >= args.size()) {
            throw new IllegalArgumentException("exec (expected: <pod> -- <command>)");
        }
        PodInfo pod = RunningDemo.must(home.files()).pod(args.get(0));
        Path hosts = home.files().hosts(pod.namespace());
        List<String> whole =
                new ArrayList<>(
                        List.of(
                                "nsenter",
                                "--net=" + pod.netns(),
                                "--",
                                "unshare",
                                "--mount",
                                "--propagation",
                                "private",
                                "sh",
                                "-c",
                                "mount --bind '" + hosts + "' /etc/hosts && exec \"$@\"",
                                "sh"));
        whole.addAll(args.subList(command, args.size()));
        ProcessBuilder builder = new ProcessBuilder(whole).inheritIO();
        builder.environment().putAll(pod.environment());
        return builder.start().waitFor();
    }

    private static Path log(RunningDemo demo, String name) {
        return demo.processes().stream()
                .filter(p -> p.name().equals(name))
                .map(ProcessInfo::log)
                .findFirst()
                .orElseGet(() -> demo.pod(name).log());
    }
}
