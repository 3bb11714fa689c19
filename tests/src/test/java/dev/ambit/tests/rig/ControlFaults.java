package dev.ambit.tests.rig;

import dev.ambit.demo.bed.Launch;
import dev.ambit.demo.bed.Node;
import dev.ambit.demo.bed.Running;
import dev.ambit.identity.ca.SigningKey;
import dev.ambit.tests.mesh.ConfigDump;
import dev.ambit.tests.mesh.Eventually;
import dev.ambit.tests.mesh.TestMesh;
import dev.ambit.tests.mesh.TestPod;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What becomes of istiod, and what it says. */
final class ControlFaults {

    private static final Duration GONE_WITHIN = Duration.ofSeconds(15);
    private static final Duration RENEWED_WITHIN = Duration.ofSeconds(90);

    private final CaFiles ca;
    private int reused;

    ControlFaults(CaFiles ca) {
        this.ca = ca;
    }

    List<Fault> all() {
        return List.of(
                Fault.holding("ca-down", this::caDown),
                Fault.holding("ca-rotate", this::caRotate),
                Fault.holding("xds-garbage", this::xdsGarbage),
                Fault.holding("policy-flip", this::policyFlip),
                Fault.holding("ip-reuse", this::ipReuse));
    }

    /** Neither certificates nor state: the port of both is silent. */
    private List<String> caDown(Stage stage, Random random, Duration time) {
        var fabric = stage.mesh().bed().fabric();
        String rule = " INPUT -p tcp --dport 15012 -j DROP";
        stage.must(fabric, "iptables -w -A" + rule);
        try {
            Stage.last(time);
        } finally {
            stage.must(fabric, "iptables -w -D" + rule);
        }
        return List.of();
    }

    /** A new root in two steps: handed out first, signed with when every proxy trusts it. */
    private List<String> caRotate(Stage stage, Random random, Duration time) {
        SigningKey old = ca.current();
        SigningKey next = CaFiles.fresh();
        ca.trust(old, next);
        awaitRenewal(stage, "both roots are known");
        ca.trust(next, old);
        ca.signWith(next);
        awaitRenewal(stage, "the new root signs");
        return List.of();
    }

    private static void awaitRenewal(Stage stage, String what) {
        for (Node n : stage.mesh().bed().nodes()) {
            List<String> before = serials(n);
            stage.ztunnel(n)
                    .await(
                            what,
                            RENEWED_WITHIN,
                            () -> {
                                List<String> now = serials(n);
                                return !now.isEmpty() && now.stream().noneMatch(before::contains);
                            });
        }
    }

    private static List<String> serials(Node n) {
        String dump = TestMesh.get(n.netns(), 15000, "/config_dump");
        return dump.isEmpty() ? List.of() : ConfigDump.of(dump).serials();
    }

    /** Something that proves to be istiod takes its place and talks nonsense. */
    private List<String> xdsGarbage(Stage stage, Random random, Duration time) {
        TestMesh mesh = stage.mesh();
        mesh.process("istiod").kill();
        Running garbage =
                mesh.bed()
                        .start(
                                mesh.bed().fabric(),
                                new Launch(
                                        "garbage",
                                        List.of(
                                                Path.of(
                                                                System.getProperty("java.home"),
                                                                "bin",
                                                                "java")
                                                        .toString(),
                                                "--enable-native-access=ALL-UNNAMED",
                                                "-XX:TieredStopAtLevel=1",
                                                "-XX:+UseSerialGC",
                                                "--sun-misc-unsafe-memory-access=allow",
                                                "-cp",
                                                absolute(System.getProperty("java.class.path")),
                                                GarbageXds.class.getName(),
                                                ca.directory().toString(),
                                                Long.toString(random.nextLong())),
                                        Map.of()));
        List<String> found = new ArrayList<>();
        try {
            garbage.await(
                    "serving", Duration.ofSeconds(30), () -> garbage.logText().contains("serving"));
            Eventually.holds(
                    "a proxy refuses nonsense by name",
                    () -> garbage.logText().contains("refused by a proxy"));
            Stage.last(time);
        } finally {
            garbage.kill();
            mesh.startIstiod();
        }
        return found;
    }

    private static String absolute(String classPath) {
        return String.join(
                ":",
                java.util.Arrays.stream(classPath.split(":"))
                        .map(p -> Path.of(p).toAbsolutePath().toString())
                        .toList());
    }

    /** Denied, allowed, denied: open sessions end or go on as the newest policy says (D08, M44). */
    private List<String> policyFlip(Stage stage, Random random, Duration time) throws IOException {
        int flips = 1 + random.nextInt(2);
        List<String> found = new ArrayList<>();
        for (int i = 0; i < flips; i++) {
            Session open = stage.open(stage.victim(), stage.flip(), Duration.ofSeconds(10));
            Eventually.holds(
                    "the victim may talk to flip",
                    () -> stage.reaches(stage.victim(), stage.flip()));
            stage.flip(true);
            Eventually.holds("the open session is ended", () -> !open.exchange(1));
            if (open.end() != End.RESET) {
                found.add("a denied session ended in " + open.end());
            }
            open.close();
            Eventually.holds(
                    "new connections are denied",
                    () -> !stage.reaches(stage.victim(), stage.flip()));
            stage.flip(false);
            Eventually.holds(
                    "new connections are allowed again",
                    () -> stage.reaches(stage.victim(), stage.flip()));
        }
        return found;
    }

    /**
     * A pod goes, another with another identity gets its address; a service had the first (M28).
     */
    private List<String> ipReuse(Stage stage, Random random, Duration time) throws IOException {
        TestMesh mesh = stage.mesh();
        String name = "reused" + ++reused;
        String vip = "10.96.7." + reused;
        TestPod first = mesh.pod(mesh.node2(), name);
        mesh.cluster().apply("service-" + name, Stage.service(name, vip, name));
        mesh.awaitEnrolled(first);
        List<String> found = new ArrayList<>();
        try (SessionServer app = new SessionServer(first.net(), Stage.PORT)) {
            Eventually.holds("the service is reached", () -> reaches(stage, vip));
            if (app.accepted() == 0) {
                found.add("the service led elsewhere");
            }
        }
        mesh.remove(first);
        TestPod second = mesh.podAt(mesh.node2(), name + "b", first.place().host());
        try (SessionServer app = new SessionServer(second.net(), Stage.PORT)) {
            long until = System.nanoTime() + Math.max(time.toNanos(), GONE_WITHIN.toNanos() / 15);
            while (System.nanoTime() < until) {
                reaches(stage, vip);
            }
            mesh.awaitEnrolled(second);
            if (app.accepted() > 0) {
                found.add(app.accepted() + " connections for the first pod reached the second");
            }
            Eventually.holds(
                    "the second pod is reached as itself",
                    () -> stage.reaches(stage.client(), second));
        }
        mesh.remove(second);
        mesh.cluster().delete("service-" + name);
        return found;
    }

    private static boolean reaches(Stage stage, String vip) {
        try (Session s = Session.open(-1, stage.client(), vip, Stage.PORT, Duration.ofSeconds(3))) {
            return s.exchange(1);
        } catch (IOException refused) {
            return false;
        }
    }
}
