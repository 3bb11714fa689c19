package dev.ambit.demo.scenario;

import dev.ambit.demo.measure.Sample;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;

/** Sends a tenth of the requests for reviews to version 2, and the others to version 1. */
final class Canary implements Scenario {

    @Override
    public String name() {
        return "canary";
    }

    @Override
    public List<String> manifests() {
        return List.of("canary.yaml");
    }

    @Override
    public void play(Stage stage) throws IOException {
        Sample before = stage.measure("before");
        long applied = stage.apply("canary.yaml");
        // Version 3 has a third of the traffic before and nothing after: its last answer is the end
        // of
        // the old way.
        Sample after = stage.measure("after");
        Sample change = stage.since(applied);
        OptionalLong last = change.lastSent(r -> r.reviews().equals("v3"));
        Sample settled = after.after(last.orElse(applied));
        stage.tell(
                last.isEmpty()
                        ? "no request went the old way after the manifest was written"
                        : "last request that went the old way: %d ms after the manifest was written"
                                .formatted(last.getAsLong() - applied));
        stage.table(
                List.of(
                        List.of("version", "before", "after", "asked for"),
                        row("v1", before, settled, "90 %"),
                        row("v2", before, settled, "10 %"),
                        row("v3", before, settled, "0 %"),
                        List.of(
                                "requests",
                                Integer.toString(before.size()),
                                Integer.toString(settled.size()),
                                "")));
        stage.tell(
                "failed requests during the change: %d of %d"
                        .formatted(change.failed(), change.size()));
    }

    private static List<String> row(String version, Sample before, Sample after, String asked) {
        return List.of("reviews " + version, before.share(version), after.share(version), asked);
    }
}
