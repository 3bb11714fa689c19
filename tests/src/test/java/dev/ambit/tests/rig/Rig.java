package dev.ambit.tests.rig;

import dev.ambit.demo.bed.Node;
import dev.ambit.tests.mesh.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Runs the faults of a seed one after the other under all loads, and checks after each. */
final class Rig implements AutoCloseable {

    private static final Duration STEADY_WITHIN = Duration.ofSeconds(30);
    private static final Duration BACK_TO_BASE_WITHIN = Duration.ofSeconds(30);
    private static final int STEADY_CONNECTIONS = 10;

    private final Options options;
    private final CaFiles ca = new CaFiles();
    private final Stage stage;
    private final List<Wire> wires = new ArrayList<>();
    private final LogWatch logs;
    private final Map<String, Footprint> base = new LinkedHashMap<>();
    private final Consumer<String> out;

    Rig(String name, Options options, Consumer<String> out) {
        this.options = options;
        this.out = out;
        this.stage = new Stage(name, ca, options.idle() > 100 ? "60s" : "40s");
        this.logs = new LogWatch(stage.mesh().bed());
        stage.mesh().bed().nodes().forEach(n -> wires.add(new Wire(n)));
    }

    /** All rows; prints each as it comes. */
    List<Row> run() {
        warmUp();
        List<Row> rows = new ArrayList<>();
        List<Fault> faults = wanted();
        long until = System.nanoTime() + options.time().toNanos();
        int pass = 0;
        do {
            pass++;
            Random random = new Random(options.seed() * 1_000_003 + pass);
            List<Fault> order = new ArrayList<>(faults);
            Collections.shuffle(order, random);
            for (Fault f : order) {
                Row row = row(pass, f, new Random(random.nextLong()));
                rows.add(row);
                Report.lines(row).forEach(out);
            }
        } while (options.time().isZero() ? pass < options.passes() : System.nanoTime() < until);
        return rows;
    }

    private List<Fault> wanted() {
        List<Fault> all = Faults.all(ca);
        List<String> names = all.stream().map(Fault::name).toList();
        options.faults().stream()
                .filter(f -> !names.contains(f))
                .forEach(
                        f -> {
                            throw new IllegalArgumentException(
                                    "fault: " + f + " (expected: " + names + ")");
                        });
        return all.stream()
                .filter(f -> options.faults().isEmpty() || options.faults().contains(f.name()))
                .toList();
    }

    /** What stays for good after a first load (pools, caches, compiled code) is the base. */
    private void warmUp() {
        Sessions.open(stage, Math.max(options.idle(), options.echo())).judge(false);
        for (Node n : stage.mesh().bed().nodes()) {
            base.put(n.name(), Footprint.of(stage.ztunnel(n).pid()));
        }
        logs.alarms();
    }

    private Row row(int pass, Fault fault, Random random) {
        Optional<String> notRun = fault.notRun().on(stage);
        if (notRun.isPresent()) {
            return Row.notRun(pass, fault.name(), notRun.get());
        }
        try {
            return ran(pass, fault, random);
        } catch (java.io.IOException | RuntimeException | AssertionError broken) {
            return new Row(
                    pass,
                    fault.name(),
                    Map.of(),
                    Map.of("run", List.of(broken.toString())),
                    Duration.ZERO,
                    "",
                    "");
        }
    }

    private Row ran(int pass, Fault fault, Random random) throws java.io.IOException {
        stage.servers().forEach(SessionServer::forget);
        Sessions idle = Sessions.open(stage, options.idle());
        Sessions echo = Sessions.open(stage, options.echo()).talk();
        Churn churn = new Churn(stage, options.churn());
        Decisions decisions = new Decisions(stage);
        Lookups names = new Lookups(stage, !fault.mayRefuse());
        if (!fault.mayRefuse()) {
            churn.steady();
        }
        ConfigChurn config = new ConfigChurn(stage, options.configPerSecond());

        Duration time = options.shortest().multipliedBy(100 + random.nextInt(200)).dividedBy(100);
        List<String> found = new ArrayList<>();
        Duration steadyAfter = Duration.ZERO;
        try {
            found.addAll(fault.run().on(stage, random, time));
            steadyAfter = awaitSteady(found);
            churn.steady();
            decisions.steady();
            names.steady();
            awaitSteadyWork(churn, decisions, found);
        } catch (AssertionError | RuntimeException failed) {
            found.add(String.valueOf(failed.getMessage()));
        }

        Map<String, Verdict> loads = new LinkedHashMap<>();
        loads.put("churn", churn.judge());
        Verdict decided = decisions.judge();
        Verdict named = names.judge();
        loads.put("config", config.judge());
        loads.put("idle", idle.judge(fault.mayReset()));
        loads.put("echo", echo.judge(fault.mayReset()));
        loads.put("decisions", decided);
        loads.put("names", named);

        Map<String, List<String>> checks = new LinkedHashMap<>();
        checks.put("fault", found);
        checks.put("wire", wire());
        List<String> held = new ArrayList<>();
        checks.put("resources", resources(held));
        checks.put("logs", logs.alarms());
        return new Row(pass, fault.name(), loads, checks, steadyAfter, "", String.join("; ", held));
    }

    private Duration awaitSteady(List<String> found) {
        long from = System.nanoTime();
        Optional<String> unsteady = stage.unsteady();
        while (unsteady.isPresent()) {
            if (System.nanoTime() - from > STEADY_WITHIN.toNanos()) {
                found.add("not steady again: " + unsteady.get());
                break;
            }
            unsteady = stage.unsteady();
        }
        return Duration.ofNanos(System.nanoTime() - from);
    }

    /** The steady state must carry some work before it counts. */
    private static void awaitSteadyWork(Churn churn, Decisions decisions, List<String> found) {
        int asked = decisions.asked();
        Eventually.holds(
                "connections come and go again",
                () -> churn.steadyGood() >= STEADY_CONNECTIONS && decisions.asked() >= asked + 4);
    }

    private List<String> wire() {
        List<Long> before = wires.stream().map(Wire::plains).toList();
        Eventually.holds(
                "both captures see plain text",
                () -> {
                    boolean said = stage.plainTalk();
                    return said
                            && wires.get(0).plains() > before.get(0)
                            && wires.get(1).plains() > before.get(1);
                });
        long secrets = wires.stream().mapToLong(Wire::secrets).sum();
        return secrets == 0 ? List.of() : List.of("the marker was seen " + secrets + " times");
    }

    private List<String> resources(List<String> held) {
        List<String> found = new ArrayList<>();
        for (Node n : stage.mesh().bed().nodes()) {
            String name = "ztunnel-" + n.name();
            Footprint before = base.getOrDefault(n.name(), new Footprint(0, 0, 0));
            boolean back =
                    within(
                            BACK_TO_BASE_WITHIN,
                            () ->
                                    stage.mesh().alive(name) == 1
                                            && Footprint.of(stage.ztunnel(n).pid()).backTo(before));
            long pid = stage.ztunnel(n).pid();
            Footprint now = Footprint.of(pid);
            held.add(n.name() + " " + now.above(before));
            if (stage.mesh().alive(name) != 1) {
                found.add(name + ": the one before has not ended");
            }
            if (!back) {
                found.add(
                        "%s holds %s (base: %s)%n%s"
                                .formatted(name, now, before, Descriptors.of(stage, n, pid)));
            }
        }
        return found;
    }

    private static boolean within(Duration limit, java.util.function.BooleanSupplier holds) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        }
        return true;
    }

    @Override
    public void close() {
        wires.forEach(Wire::close);
        stage.close();
        ca.remove();
    }
}
