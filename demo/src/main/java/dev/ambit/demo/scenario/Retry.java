package dev.ambit.demo.scenario;

import dev.ambit.demo.cluster.RunningDemo.PodInfo;
import dev.ambit.demo.measure.Counters;
import dev.ambit.demo.measure.Sample;
import dev.ambit.demo.measure.Traffic;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** A bad version fails two of five requests; retries at the waypoint hide it from everyone. */
final class Retry implements Scenario {

    private static final Duration UNDER_WAY = Duration.ofSeconds(1);

    @Override
    public String name() {
        return "retry";
    }

    @Override
    public List<String> manifests() {
        return List.of("retry-target.yaml", "retry.yaml");
    }

    /** The bad version first: its failures stay hidden until it is gone. */
    @Override
    public List<String> undoing() {
        return manifests();
    }

    @Override
    public void play(Stage stage) throws IOException {
        stage.apply("retry-target.yaml");
        stage.until("a pod of ratings-v2", () -> !stage.pods("ratings-v2").isEmpty());
        PodInfo bad = stage.pod("ratings-v2");
        stage.until("a first failure", () -> Counters.ofApp(bad.netns(), "failed") > 0);
        long start = failures(bad);
        Sample before = stage.measure("before");
        long between = failures(bad);
        stage.apply("retry.yaml");
        // What is under way when the rule arrives still fails.
        Traffic.pause(UNDER_WAY);
        long settled = failures(bad);
        Sample after = stage.measure("after");
        long end = failures(bad);
        stage.table(
                List.of(
                        List.of("", "before", "after"),
                        List.of(
                                "requests ratings-v2 failed",
                                Long.toString(between - start),
                                Long.toString(end - settled)),
                        List.of("pages without ratings", Calls.failed(before), Calls.failed(after)),
                        List.of(
                                "part of pages",
                                Sample.percent(before.failed(), before.size()),
                                Sample.percent(after.failed(), after.size())),
                        List.of("median", before.quantile(0.5), after.quantile(0.5)),
                        List.of("99th percentile", before.quantile(0.99), after.quantile(0.99))));
    }

    private static long failures(PodInfo pod) {
        return Counters.ofApp(pod.netns(), "failed");
    }
}
