package dev.ambit.demo.scenario;

import dev.ambit.demo.cluster.RunningDemo.PodInfo;
import dev.ambit.demo.measure.Counters;
import dev.ambit.demo.measure.Sample;
import dev.ambit.demo.measure.Traffic;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Lets only reviews ask for ratings, by identity: at the pods on L4, at the waypoint on L7. */
final class Authz implements Scenario {

    private static final int CALLS = 20;
    private static final int PORT = 9080;

    /** What the client was told, and what the application noticed of it. */
    private record Outcome(List<String> byPod, long seen, List<String> byService) {}

    @Override
    public String name() {
        return "authz";
    }

    @Override
    public List<String> manifests() {
        return List.of("authz.yaml");
    }

    @Override
    public void play(Stage stage) throws IOException {
        PodInfo ratings = stage.pod("ratings");
        String service = stage.pod("client").environment().getOrDefault("RATINGS_SERVICE_HOST", "");
        stage.tell(
                "pod client asks ratings at its pod's address %s and by its service %s"
                        .formatted(ratings.address(), service));
        Outcome before = ask(stage, ratings, service);
        long applied = stage.apply("authz.yaml");
        Traffic client = stage.traffic();
        Duration took =
                stage.until(
                        "client refused at the pod and at the service",
                        () ->
                                !answered(client.call(ratings.address(), PORT, "/ratings/0", 1))
                                        && !answered(client.call(service, PORT, "/ratings/0", 1)));
        Outcome after = ask(stage, ratings, service);
        Sample pages = stage.measure("what reviews still gets");
        stage.tell("both refused %d ms after the manifest was written".formatted(took.toMillis()));
        stage.table(
                List.of(
                        List.of("", "before", "after"),
                        List.of(
                                "client → pod of ratings",
                                Calls.say(before.byPod()),
                                Calls.say(after.byPod())),
                        List.of(
                                "  connections the application saw",
                                Long.toString(before.seen()),
                                Long.toString(after.seen())),
                        List.of(
                                "client → service ratings",
                                Calls.say(before.byService()),
                                Calls.say(after.byService())),
                        List.of("pages with anything missing", "-", Calls.failed(pages))));
        Sample change = stage.since(applied);
        stage.tell(
                "failed requests since the change: %d of %d"
                        .formatted(change.failed(), change.size()));
    }

    /** The steady traffic rests, so that what the application sees is the client's alone. */
    private static Outcome ask(Stage stage, PodInfo ratings, String service) {
        Traffic client = stage.traffic();
        stage.rest();
        long seen = Counters.ofApp(ratings.netns(), "connections");
        List<String> byPod = client.call(ratings.address(), PORT, "/ratings/0", CALLS);
        long noticed = Counters.ofApp(ratings.netns(), "connections") - seen;
        List<String> byService = client.call(service, PORT, "/ratings/0", CALLS);
        stage.calm();
        return new Outcome(byPod, noticed, byService);
    }

    private static boolean answered(List<String> results) {
        return results.contains("200");
    }
}
