package dev.ambit.demo.scenario;

import dev.ambit.demo.cluster.RunningDemo.PodInfo;
import dev.ambit.demo.measure.Counters;
import dev.ambit.demo.measure.Sample;
import java.io.IOException;
import java.util.List;

/** A bad version fails two of five requests; retries at the waypoint hide it from everyone. */
final class Retry implements Scenario {

    @Override
    public String name() {
        return "retry";
    }

    @Override
    public List<String> manifests() {
        return List.of("retry-target.yaml", "retry.yaml");
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
        long applied = stage.apply("retry.yaml");
        Sample after = stage.measure("after");
        long end = failures(bad);
        Sample change = stage.since(applied);
        long took = change.lastEnd(r -> !r.whole()).orElse(applied) - applied;
        stage.tell(
                took == 0
                        ? "no page missed anything after the manifest was written"
                        : "last incomplete page %d ms after the manifest was written"
                                .formatted(took));
        stage.table(
                List.of(
                        List.of("", "before", "after"),
                        List.of(
                                "requests ratings-v2 failed",
                                Long.toString(between - start),
                                Long.toString(end - between)),
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
