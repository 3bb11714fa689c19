package dev.ambit.demo.scenario;

import dev.ambit.demo.cluster.RunningDemo.PodInfo;
import dev.ambit.demo.measure.Sample;
import dev.ambit.demo.measure.Traffic;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Refuses plain text: a pod outside the mesh is heard before and not after. */
final class StrictMtls implements Scenario {

    private static final int CALLS = 20;
    private static final int PORT = 9080;

    @Override
    public String name() {
        return "strict-mtls";
    }

    @Override
    public List<String> manifests() {
        return List.of("strict-mtls.yaml");
    }

    @Override
    public void play(Stage stage) throws IOException {
        Traffic outside = new Traffic(stage.pod("legacy").netns());
        PodInfo details = stage.pod("details");
        stage.tell(
                "pod legacy, outside the mesh, asks details at %s in plain text"
                        .formatted(details.address()));
        List<String> before = outside.call(details.address(), PORT, "/details/0", CALLS);
        Sample meshBefore = stage.measure("before");
        long applied = stage.apply("strict-mtls.yaml");
        Duration took =
                stage.until(
                        "plain text to details refused",
                        () ->
                                !outside.call(details.address(), PORT, "/details/0", 1)
                                        .equals(List.of("200")));
        Sample meshAfter = stage.measure("after");
        List<String> after = outside.call(details.address(), PORT, "/details/0", CALLS);
        Sample change = stage.since(applied);
        stage.tell("first refusal %d ms after the manifest was written".formatted(took.toMillis()));
        stage.table(
                List.of(
                        List.of("", "before", "after"),
                        List.of("plain text from outside", Calls.say(before), Calls.say(after)),
                        List.of(
                                "pages inside the mesh, failed",
                                Calls.failed(meshBefore),
                                Calls.failed(meshAfter))));
        stage.tell(
                "failed requests during the change: %d of %d"
                        .formatted(change.failed(), change.size()));
    }
}
