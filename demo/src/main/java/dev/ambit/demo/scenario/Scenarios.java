package dev.ambit.demo.scenario;

import dev.ambit.demo.bed.BedException;
import dev.ambit.demo.cluster.RunningDemo;
import dev.ambit.demo.cluster.RuntimeDirectory;
import dev.ambit.demo.measure.Traffic;
import dev.ambit.demo.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** All scenarios by name; at most one is applied at a time, so that each shows its own effect. */
public final class Scenarios {

    private static final Duration SETTLE = Duration.ofSeconds(3);

    private static final List<Scenario> ALL =
            List.of(new Canary(), new Mirror(), new StrictMtls(), new Authz(), new Retry());

    private final RuntimeDirectory files;
    private final Terminal terminal;

    public Scenarios(RuntimeDirectory files, Terminal terminal) {
        this.files = files;
        this.terminal = terminal;
    }

    public static List<String> names() {
        return ALL.stream().map(Scenario::name).toList();
    }

    public static boolean known(String name) {
        return names().contains(name);
    }

    public int play(String name) throws Exception {
        Scenario scenario = find(name).orElseThrow();
        if (RunningDemo.must(files).processes().isEmpty()) {
            throw new BedException(
                    "AMB1662  the running demo has no mesh%n        do     ./ambit demo down · ./ambit demo %s"
                            .formatted(name));
        }
        clear();
        Stage stage = new Stage(files, terminal);
        terminal.line(" ambit demo " + name);
        try {
            scenario.play(stage);
        } finally {
            stage.calm();
        }
        terminal.line(" undo    ./ambit demo undo " + name);
        return 0;
    }

    public int undo(String name) throws IOException {
        Scenario scenario =
                find(name)
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "undo: %s (expected: one of %s)"
                                                        .formatted(
                                                                name, String.join(", ", names()))));
        terminal.line(takeBack(scenario) ? " undone: " + name : " was not applied: " + name);
        return 0;
    }

    /** Takes back whatever is applied and lets the mesh settle. */
    private void clear() throws IOException {
        boolean any = false;
        for (Scenario scenario : ALL) {
            if (takeBack(scenario)) {
                terminal.line(" undone first: " + scenario.name());
                any = true;
            }
        }
        if (any) {
            Traffic.pause(SETTLE);
        }
    }

    private boolean takeBack(Scenario scenario) throws IOException {
        Path manifests = RunningDemo.must(files).manifests();
        boolean any = false;
        for (String manifest : scenario.undoing()) {
            if (any) {
                Traffic.pause(SETTLE);
            }
            any |= ScenarioFiles.remove(manifests, manifest);
        }
        return any;
    }

    private static Optional<Scenario> find(String name) {
        return ALL.stream().filter(s -> s.name().equals(name)).findFirst();
    }
}
