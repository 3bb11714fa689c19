package dev.ambit.identity.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.ca.CertificateAuthority;
import dev.ambit.identity.revocation.Revocation;
import dev.ambit.identity.revocation.UnknownStatus;
import dev.ambit.identity.testing.TestCertificates;
import dev.ambit.identity.tls.SessionCuts;
import dev.ambit.identity.tls.TlsPolicy;
import dev.ambit.runtime.live.Live;
import dev.ambit.runtime.metrics.MetricsRegistry;
import dev.ambit.runtime.testing.ManualTime;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** M06, M09, M10 and A10: CAs that are away, clocks that are wrong, roots that go; manual time. */
final class CertificateOutageTest {

    private static final SpiffeId CURL = SpiffeId.of("cluster.local", "default", "curl");
    private static final SpiffeId HTTPBIN = SpiffeId.of("cluster.local", "default", "httpbin");
    private static final Duration MINUTE = Duration.ofSeconds(60);

    private final ManualTime time = new ManualTime();

    /** The node's clock: the CA's, and perhaps some more. */
    private final Shifted node = new Shifted(time.clock());

    private final TestCertificates ca = new TestCertificates(time.clock());
    private final SessionCuts cuts =
            new SessionCuts(new Revocation(UnknownStatus.ALLOW, time.clock()));
    private final MetricsRegistry metrics = MetricsRegistry.of("ztunnel", "test");
    private final List<Instant> asked = new ArrayList<>();
    private CertificateAuthority authority = ca.authority();
    private boolean away;
    private CertificateRotation rotation = rotation(MINUTE);

    private CertificateRotation rotation(Duration ttl) {
        return new CertificateRotation(
                this::sign,
                time.scheduler(),
                Runnable::run,
                new RotationConfig(ttl, 8, TlsPolicy.DEFAULT, cuts),
                node,
                () -> 0.5);
    }

    private CompletionStage<List<String>> sign(SpiffeId id, String csr, Duration ttl) {
        asked.add(time.now());
        return away
                ? CompletableFuture.failedFuture(new IllegalStateException("istiod is away"))
                : CompletableFuture.completedFuture(authority.issue(csr, id, ttl));
    }

    @AfterEach
    void leavesNoTimers() {
        rotation.close();
        assertThat(time.pending()).isZero();
    }

    private static boolean ready(Live<CertificateState> state) {
        return state.current() instanceof CertificateState.Ready;
    }

    private double runway() {
        return new String(metrics.scrape(null).body(), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith("ambit_certificate_runway_seconds "))
                .mapToDouble(line -> Double.parseDouble(line.split(" ", -1)[1]))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void m06ACaThatIsAwayForThreeLivesIsMissedOnlyAfterExpiryAndFoundBackWithinSeconds() {
        rotation.register(metrics);
        Live<CertificateState> state = rotation.watch(CURL, Priority.REAL_TIME);
        assertThat(ready(state)).isTrue();
        assertThat(runway()).isEqualTo(60);
        away = true;
        for (int second = 0; second < 60; second++) {
            assertThat(ready(state)).as("second %s", second).isTrue();
            time.advance(Duration.ofSeconds(1));
        }
        time.advance(Duration.ofSeconds(1));
        assertThat(state.current())
                .isInstanceOfSatisfying(
                        CertificateState.Unavailable.class,
                        none -> assertThat(none.reason()).contains("expired", "istiod is away"));
        assertThat(runway()).isEqualTo(-1);
        for (int second = 0; second < 120; second++) {
            rotation.watch(CURL, Priority.REAL_TIME);
            time.advance(Duration.ofSeconds(1));
        }
        away = false;
        Instant back = time.now();
        while (!ready(state)) {
            rotation.watch(CURL, Priority.REAL_TIME);
            time.advance(Duration.ofSeconds(1));
        }
        assertThat(Duration.between(back, time.now())).isLessThanOrEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void m06AnIdentityNobodyNeedsIsAskedForWithGrowingPauses() {
        away = true;
        rotation.watch(CURL, Priority.WARMUP);
        time.advance(Duration.ofHours(1));
        assertThat(asked).hasSizeLessThan(40);
    }

    @Test
    void m09ClocksThatDifferALittleDoNotMatterAndOthersAreNamed() {
        record Row(Duration skew, boolean works) {}
        for (Row row :
                List.of(
                        new Row(Duration.ofSeconds(-10), true),
                        new Row(Duration.ofSeconds(10), true),
                        new Row(Duration.ofMinutes(-2), true),
                        new Row(Duration.ofMinutes(2), true),
                        new Row(Duration.ofMinutes(-192), false),
                        new Row(Duration.ofHours(1), true),
                        new Row(Duration.ofDays(-1), false),
                        new Row(Duration.ofDays(1).plusHours(1), false))) {
            rotation.close();
            node.by = row.skew();
            rotation = rotation(Duration.ofHours(24));
            asked.clear();
            Live<CertificateState> state = rotation.watch(CURL, Priority.WARMUP);
            assertThat(ready(state)).as("%s", row).isEqualTo(row.works());
            if (state.current() instanceof CertificateState.Unavailable none) {
                assertThat(none.reason()).contains("AMB1109 clock skew", "the CA's date is about");
            }
            time.advance(Duration.ofMinutes(30));
            assertThat(asked).as("%s", row).hasSizeLessThan(30);
        }
        assertThat(ClockSkew.explain(List.of(), node.instant(), "why")).isEqualTo("why");
    }

    @Test
    void m09AClockThatIsFarAheadDoesNotMakeTheCaBusy() {
        rotation.close();
        node.by = Duration.ofHours(24).minusSeconds(30);
        rotation = rotation(Duration.ofHours(24));
        rotation.watch(CURL, Priority.WARMUP);
        time.advance(Duration.ofMinutes(30));
        assertThat(asked).hasSizeBetween(2, 31);
    }

    @Test
    void m10AClockThatJumpsLosesNoCertificateAndNoRetry() {
        rotation.close();
        rotation = rotation(Duration.ofHours(24));
        Live<CertificateState> state = rotation.watch(CURL, Priority.WARMUP);
        for (Duration jump : List.of(Duration.ofHours(1), Duration.ofHours(-1))) {
            node.by = node.by.plus(jump);
            time.advance(Duration.ofMinutes(5));
            assertThat(ready(state)).isTrue();
        }
        assertThat(asked).hasSize(1);
        // A retry is due in so many seconds, not when the clock shows what it showed.
        away = true;
        time.advance(Duration.ofHours(13));
        away = false;
        node.by = Duration.ofHours(-1);
        int before = asked.size();
        time.advance(Duration.ofMinutes(5));
        assertThat(asked).hasSizeGreaterThan(before);
        assertThat(ready(state)).isTrue();
    }

    @Test
    void a10ARootThatIsGoneIsToldOfAndTheNodesOtherIdentitiesFollowWithinSeconds() {
        rotation.close();
        rotation = rotation(Duration.ofHours(24));
        List<SessionCuts.Why> told = new ArrayList<>();
        cuts.add((why, whom) -> told.add(why));
        Live<CertificateState> curl = rotation.watch(CURL, Priority.WARMUP);
        time.advance(Duration.ofMinutes(10));
        Live<CertificateState> httpbin = rotation.watch(HTTPBIN, Priority.WARMUP);
        assertThat(told).isEmpty();
        authority = new TestCertificates(time.clock()).authority();
        // The first renews at its half life; the second would ten minutes later.
        time.advance(Duration.ofHours(11).plusMinutes(49).plusSeconds(2));
        assertThat(told).containsExactly(SessionCuts.Why.ROOT_REMOVED);
        time.advance(CertificateRotation.SWEEP);
        assertThat(told).hasSize(2);
        for (Live<CertificateState> state : List.of(curl, httpbin)) {
            assertThat(state.current())
                    .isInstanceOfSatisfying(
                            CertificateState.Ready.class,
                            ready ->
                                    assertThat(ready.certificate().bundle())
                                            .isEqualTo(authority.bundle()));
        }
    }

    private static final class Shifted extends Clock {
        private final Clock base;
        private Duration by = Duration.ZERO;

        Shifted(Clock base) {
            this.base = base;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return base.instant().plus(by);
        }
    }
}
