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
import java.util.Map;
import java.util.Optional;

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
     * In a pod: its network and variables, and the services of its namespace by name. At a process
     * of the mesh: the network it lives in. Files are the host's.
     */
    int exec(List<String> args) throws IOException, InterruptedException {
        int dashes = args.indexOf("--");
        int command = dashes < 0 ? 1 : dashes + 1;
        if (args.isEmpty() || command >= args.size()) {
            throw new IllegalArgumentException("exec (expected: <pod> -- <command>)");
        }
        RunningDemo demo = RunningDemo.must(home.files());
        List<String> what = args.subList(command, args.size());
        Optional<ProcessInfo> process = process(demo, args.get(0));
        List<String> whole = new ArrayList<>(List.of("nsenter"));
        Map<String, String> environment = Map.of();
        if (process.isPresent()) {
            whole.addAll(List.of("--net=" + process.get().netns(), "--"));
        } else {
            PodInfo pod = demo.pod(args.get(0));
            environment = pod.environment();
            whole.addAll(
                    List.of(
                            "--net=" + pod.netns(),
                            "--",
                            "unshare",
                            "--mount",
                            "--propagation",
                            "private",
                            "sh",
                            "-c",
                            "mount --bind \"$0\" /etc/hosts && exec \"$@\"",
                            home.files().hosts(pod.namespace()).toString()));
        }
        whole.addAll(what);
        ProcessBuilder builder = new ProcessBuilder(whole).inheritIO();
        builder.environment().putAll(environment);
        return builder.start().waitFor();
    }

    private static Optional<ProcessInfo> process(RunningDemo demo, String name) {
        return demo.processes().stream().filter(p -> p.name().equals(name)).findFirst();
    }

    private static Path log(RunningDemo demo, String name) {
        return process(demo, name).map(ProcessInfo::log).orElseGet(() -> demo.pod(name).log());
    }
}
