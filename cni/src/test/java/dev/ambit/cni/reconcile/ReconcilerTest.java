package dev.ambit.cni.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.cni.enrolment.Capture;
import dev.ambit.cni.enrolment.ClusterView;
import dev.ambit.cni.enrolment.Enrolment;
import dev.ambit.cni.enrolment.PodFacts;
import dev.ambit.cni.enrolment.PodId;
import dev.ambit.cni.enrolment.Selector;
import dev.ambit.cni.redirect.Redirection;
import dev.ambit.cni.zds.ZtunnelLink;
import dev.ambit.runtime.linux.Netns;
import dev.ambit.runtime.metrics.MetricsRegistry;
import dev.ambit.runtime.testing.ManualTime;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The pods of a node through everything that happens to them; rules and ztunnel are doubles that
 * write down what they are told, the namespace is the test's own.
 */
final class ReconcilerTest {

    private static final Path HERE = Path.of("/proc/self/ns/net");
    private static final Map<String, String> AMBIENT = Map.of("istio.io/dataplane-mode", "ambient");

    private final List<String> log = new ArrayList<>();
    private final ManualTime time = new ManualTime();
    private final MetricsRegistry registry = MetricsRegistry.of("cni", "test");
    private final RecordingRules rules = new RecordingRules();
    private final NodePods pods =
            new NodePods(
                    new Enrolment(Set.of(), Selector.DEFAULT, false),
                    rules,
                    new CniMetrics(registry),
                    time.clock());

    private final class RecordingRules implements Redirection {
        private boolean broken;
        private boolean gone;

        @Override
        public void install(Path netns, Capture capture) {
            if (broken) {
                log.add("rules fail");
                throw new IllegalArgumentException("iptables is broken");
            }
            log.add("rules");
            gone = false;
        }

        @Override
        public boolean present(Path netns, Capture capture) {
            return !gone;
        }

        @Override
        public void remove(Path netns) {
            log.add("no rules");
        }
    }

    private final class RecordingLink implements ZtunnelLink {
        private final long number;
        private Reply answer = new Reply.Acknowledged();

        private RecordingLink(long number) {
            this.number = number;
        }

        private Reply told(String what) {
            log.add(number + " " + what);
            return answer;
        }

        @Override
        public long number() {
            return number;
        }

        @Override
        public Reply add(PodId pod, Netns netns) {
            return told("add " + pod.uid());
        }

        @Override
        public Reply keep(String uid) {
            return told("keep " + uid);
        }

        @Override
        public Reply delete(String uid) {
            return told("del " + uid);
        }

        @Override
        public Reply snapshotSent() {
            return told("snapshot");
        }

        @Override
        public void close() {
            log.add(number + " close");
        }
    }

    private static PodFacts pod(String uid, Path netns, Map<String, String> annotations) {
        return new PodFacts(
                new PodId(uid, "ns", "pod-" + uid, "sa"),
                Map.of(),
                annotations,
                false,
                false,
                Optional.of(netns));
    }

    private void see(Map<String, String> namespaceLabels, PodFacts... facts) {
        Map<String, PodFacts> all = new java.util.TreeMap<>();
        for (PodFacts f : facts) {
            all.put(f.id().uid(), f);
        }
        pods.seen(new ClusterView(all, Map.of("ns", namespaceLabels)));
        pods.settle();
    }

    private Mark mark(String uid) {
        return pods.actual().stream()
                .filter(p -> p.id().uid().equals(uid))
                .map(ActualPod::mark)
                .findFirst()
                .orElse(Mark.NONE);
    }

    private String metrics() {
        return new String(registry.scrape(null).body(), StandardCharsets.UTF_8);
    }

    @Test
    void takesAPodInRulesFirstThenZtunnelThenTheAnnotation() {
        see(AMBIENT, pod("a", HERE, Map.of()));
        assertThat(mark("a")).isEqualTo(Mark.PENDING);
        pods.connected(new RecordingLink(1));
        pods.settle();
        assertThat(log).containsExactly("rules", "1 add a", "1 snapshot");
        assertThat(mark("a")).isEqualTo(Mark.ENABLED);
        see(AMBIENT, pod("a", HERE, Map.of()), pod("b", HERE, Map.of()));
        assertThat(log).endsWith("rules", "1 add b");
        assertThat(metrics())
                .contains("ztunnel_connected 1.0\n")
                .contains("nodeagent_reconcile_events_total{type=\"add\"} 2")
                .contains("ambit_cni_pods{state=\"enabled\"} 2.0\n");
    }

    @Test
    void letsAPodGoWhenItsLabelIsTakenAway() {
        pods.connected(new RecordingLink(1));
        see(AMBIENT, pod("a", HERE, Map.of()));
        log.clear();
        see(Map.of(), pod("a", HERE, Map.of()));
        assertThat(log).containsExactly("1 del a", "no rules");
        assertThat(pods.actual()).isEmpty();
    }

    @Test
    void leavesTheRulesOfAPodThatIsGone() {
        pods.connected(new RecordingLink(1));
        see(AMBIENT, pod("a", HERE, Map.of()));
        log.clear();
        see(AMBIENT);
        assertThat(log).containsExactly("1 del a");
    }

    @Test
    void givesNewPodsToTheNewestZtunnelAndTellsAllOfThoseGone() {
        pods.connected(new RecordingLink(1));
        see(AMBIENT, pod("a", HERE, Map.of()));
        pods.connected(new RecordingLink(2));
        log.clear();
        see(AMBIENT, pod("a", HERE, Map.of()), pod("b", HERE, Map.of()));
        assertThat(log).containsExactly("rules", "2 add b");
        log.clear();
        see(AMBIENT, pod("b", HERE, Map.of()));
        assertThat(log).containsExactly("1 del a", "2 del a");
    }

    @Test
    void keepsAPodEnabledWhileZtunnelRestarts() {
        RecordingLink first = new RecordingLink(1);
        pods.connected(first);
        see(AMBIENT, pod("a", HERE, Map.of()));
        pods.disconnected(first);
        pods.settle();
        assertThat(mark("a")).isEqualTo(Mark.ENABLED);
        pods.connected(new RecordingLink(2));
        pods.settle();
        assertThat(log).endsWith("2 add a", "2 snapshot");
        assertThat(mark("a")).isEqualTo(Mark.ENABLED);
    }

    @Test
    void takesUpItsOwnPodsAfterARestart() {
        see(AMBIENT, pod("a", HERE, Map.of(Enrolment.REDIRECTION, "enabled")));
        assertThat(mark("a")).isEqualTo(Mark.ENABLED);
        assertThat(log).containsExactly("rules");
    }

    @Test
    void doesNotAnnounceAPodWithoutRulesAndTriesAgainLater() {
        pods.connected(new RecordingLink(1));
        log.clear();
        rules.broken = true;
        see(AMBIENT, pod("a", HERE, Map.of()));
        pods.settle();
        assertThat(log).containsExactly("rules fail");
        assertThat(mark("a")).isEqualTo(Mark.PENDING);
        rules.broken = false;
        time.advance(Duration.ofMillis(250));
        pods.settle();
        assertThat(log).containsExactly("rules fail", "rules", "1 add a");
        assertThat(mark("a")).isEqualTo(Mark.ENABLED);
    }

    @Test
    void staysPendingAndTriesAgainWhenZtunnelRefuses() {
        RecordingLink link = new RecordingLink(1);
        pods.connected(link);
        link.answer = new ZtunnelLink.Reply.Refused("no certificate");
        see(AMBIENT, pod("a", HERE, Map.of()));
        assertThat(mark("a")).isEqualTo(Mark.PENDING);
        link.answer = new ZtunnelLink.Reply.Acknowledged();
        time.advance(Duration.ofSeconds(1));
        pods.settle();
        assertThat(mark("a")).isEqualTo(Mark.ENABLED);
        assertThat(metrics()).contains("ambit_cni_failures_total{code=\"AMB1528\"}");
    }

    @Test
    void putsBackRulesThatSomebodyTookAway() {
        pods.connected(new RecordingLink(1));
        see(AMBIENT, pod("a", HERE, Map.of()));
        log.clear();
        rules.gone = true;
        pods.check();
        pods.settle();
        assertThat(log).containsExactly("rules");
        assertThat(mark("a")).isEqualTo(Mark.ENABLED);
        assertThat(metrics()).contains("ambit_cni_repairs_total 1");
    }

    @Test
    void keepsAPodAtZtunnelWhoseNamespaceItCannotOpen(@org.junit.jupiter.api.io.TempDir Path dir)
            throws Exception {
        Path link = java.nio.file.Files.createSymbolicLink(dir.resolve("ns"), HERE);
        see(AMBIENT, pod("a", link, Map.of()));
        java.nio.file.Files.delete(link);
        pods.connected(new RecordingLink(1));
        assertThat(log).containsExactly("rules", "1 keep a", "1 snapshot");
    }

    @Test
    void takesEverythingAwayWhenAskedTo() {
        pods.connected(new RecordingLink(1));
        see(AMBIENT, pod("a", HERE, Map.of()));
        log.clear();
        pods.releaseAll();
        pods.close();
        assertThat(log).containsExactly("1 del a", "no rules", "1 close");
    }
}
