package dev.ambit.demo.scenario;

import dev.ambit.demo.cluster.RunningDemo.PodInfo;
import dev.ambit.demo.measure.Counters;
import dev.ambit.demo.measure.Sample;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Copies each request for reviews to a pod that never answers; nobody may notice. */
final class Mirror implements Scenario {

    @Override
    public String name() {
        return "mirror";
    }

    @Override
    public List<String> manifests() {
        return List.of("mirror-target.yaml", "mirror.yaml");
    }

    @Override
    public void play(Stage stage) throws IOException {
        stage.apply("mirror-target.yaml");
        stage.until("a pod of reviews-shadow", () -> !stage.pods("reviews-shadow").isEmpty());
        PodInfo shadow = stage.pod("reviews-shadow");
        Stage.Counted before = stage.measureAlone("before", () -> copies(shadow));
        stage.calm();
        long none = copies(shadow);
        long applied = stage.apply("mirror.yaml");
        Duration took = stage.until("a first copy", () -> copies(shadow) > none);
        Stage.Counted after = stage.measureAlone("after", () -> copies(shadow));
        Sample change = stage.since(applied);
        stage.tell("first copy %d ms after the manifest was written".formatted(took.toMillis()));
        Sample first = before.sample();
        Sample second = after.sample();
        stage.table(
                List.of(
                        List.of("", "before", "after"),
                        List.of(
                                "pages, each with a request for reviews",
                                Integer.toString(first.size()),
                                Integer.toString(second.size())),
                        List.of(
                                "copies that reached reviews-shadow",
                                Long.toString(before.count()),
                                Long.toString(after.count())),
                        List.of("answers of reviews-shadow", "0", "0"),
                        List.of("median", first.quantile(0.5), second.quantile(0.5)),
                        List.of("99th percentile", first.quantile(0.99), second.quantile(0.99)),
                        List.of(
                                "failed",
                                Long.toString(first.failed()),
                                Long.toString(second.failed()))));
        stage.tell(
                "failed requests during the change: %d of %d"
                        .formatted(change.failed(), change.size()));
    }

    private static long copies(PodInfo shadow) {
        return Counters.ofApp(shadow.netns(), "requests");
    }
}
