package dev.ambit.demo.cluster;

import dev.ambit.demo.bed.BedException;
import dev.ambit.demo.manifest.Tree;
import dev.ambit.demo.manifest.Yaml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A running demo as another command sees it: what its state file said when it was read. */
public final class RunningDemo {

    /** A pod. */
    public record PodInfo(
            String name,
            String namespace,
            String owner,
            String node,
            String address,
            String phase,
            String serviceAccount,
            int restarts,
            Path netns,
            Path log,
            Map<String, String> environment) {

        public boolean ready() {
            return phase.equals("ready");
        }
    }

    /** A process of the mesh that is no pod. */
    public record ProcessInfo(
            String name, long pid, String place, String address, Path netns, Path log) {

        public boolean alive() {
            return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
        }
    }

    private final Tree state;

    private RunningDemo(Tree state) {
        this.state = state;
    }

    /** The one whose supervisor lives; empty if there is none. */
    public static Optional<RunningDemo> find(RuntimeDirectory files) {
        try {
            List<Tree> documents =
                    Yaml.parse(Files.readString(files.state()), files.state().toString());
            return documents.stream()
                    .map(RunningDemo::new)
                    .filter(d -> ProcessHandle.of(d.supervisor()).isPresent())
                    .findFirst();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static RunningDemo must(RuntimeDirectory files) {
        return find(files)
                .orElseThrow(
                        () ->
                                new BedException(
                                        "AMB1640  no demo is running%n        do     ./ambit demo"
                                                .formatted()));
    }

    public long supervisor() {
        return state.at("supervisor").number(0);
    }

    public Path manifests() {
        return Path.of(state.at("manifests").text(""));
    }

    public List<PodInfo> pods() {
        return state.at("pods").list().stream().map(RunningDemo::pod).toList();
    }

    public List<ProcessInfo> processes() {
        return state.at("processes").list().stream().map(RunningDemo::process).toList();
    }

    /** By its name, its beginning, or with its namespace before a slash; ready ones first. */
    public PodInfo pod(String wanted) {
        List<PodInfo> fit =
                pods().stream()
                        .filter(
                                p ->
                                        p.name().startsWith(wanted)
                                                || (p.namespace() + "/" + p.name())
                                                        .startsWith(wanted))
                        .toList();
        return fit.stream()
                .filter(p -> p.name().equals(wanted) || p.owner().equals(wanted))
                .findFirst()
                .or(() -> fit.stream().filter(PodInfo::ready).findFirst())
                .or(() -> fit.stream().findFirst())
                .orElseThrow(
                        () ->
                                new BedException(
                                        "AMB1641  no pod is called %s%n        which  %s"
                                                .formatted(
                                                        wanted,
                                                        pods().stream()
                                                                .map(PodInfo::name)
                                                                .toList())));
    }

    private static PodInfo pod(Tree t) {
        return new PodInfo(
                t.at("name").text(""),
                t.at("namespace").text(""),
                t.at("owner").text(""),
                t.at("node").text(""),
                t.at("address").text(""),
                t.at("phase").text(""),
                t.at("serviceAccount").text(""),
                t.at("restarts").number(0),
                Path.of(t.at("netns").text("")),
                Path.of(t.at("log").text("")),
                t.at("environment").labels());
    }

    private static ProcessInfo process(Tree t) {
        return new ProcessInfo(
                t.at("name").text(""),
                t.at("pid").number(0),
                t.at("place").text(""),
                t.at("address").text(""),
                Path.of(t.at("netns").text("")),
                Path.of(t.at("log").text("")));
    }
}
