package dev.ambit.identity.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.testing.FakeSigner;
import dev.ambit.identity.testing.TestCertificates;
import dev.ambit.identity.tls.TlsPolicy;
import dev.ambit.runtime.live.Live;
import dev.ambit.runtime.testing.ManualTime;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The life of certificates, on a clock moved by hand; the jitter is in the middle. */
final class CertificateRotationTest {

    private static final SpiffeId A = id("a");
    private static final Duration DAY = Duration.ofHours(24);

    private final ManualTime time = new ManualTime();
    private final TestCertificates ca = new TestCertificates(time.clock());
    private final FakeSigner signer = FakeSigner.byHand(ca);
    private final CertificateRotation rotation = rotation(8);

    @AfterEach
    void leavesNoTimers() {
        rotation.close();
        assertThat(time.pending()).isZero();
    }

    @Test
    void fetchesAtOnceAndRenewsAtHalfOfItsLife() {
        Live<CertificateState> state = rotation.watch(A, Priority.WARMUP);
        assertThat(state.current()).isInstanceOf(CertificateState.Fetching.class);
        signer.answerNext();
        BigInteger first = ready(state).certificate().serial();
        assertThat(ready(state).contexts().serial()).isEqualTo(first);

        // Two minutes before now until 24 h from now: the middle is 11 h 59 min away.
        time.advance(Duration.ofHours(11).plusMinutes(58));
        assertThat(signer.waiting()).isEmpty();
        time.advance(Duration.ofMinutes(1).plusSeconds(1));
        assertThat(signer.waiting()).containsExactly(A);
        assertThat(ready(state).certificate().serial()).isEqualTo(first);
        signer.answerNext();
        assertThat(ready(state).certificate().serial()).isNotEqualTo(first);
    }

    @Test
    void keepsTheOldOneUntilItExpiresWhenRenewalFails() {
        Live<CertificateState> state = rotation.watch(A, Priority.WARMUP);
        signer.answerNext();
        BigInteger first = ready(state).certificate().serial();
        time.advance(Duration.ofHours(12));
        Instant end = ready(state).certificate().notAfter();
        while (time.now().isBefore(end)) {
            assertThat(ready(state).certificate().serial()).isEqualTo(first);
            if (!signer.waiting().isEmpty()) {
                signer.failNext("istiod is away");
            }
            time.advance(Duration.ofSeconds(20));
        }
        assertThat(state.current()).isInstanceOf(CertificateState.Unavailable.class);

        while (signer.waiting().isEmpty()) {
            time.advance(Duration.ofSeconds(20));
        }
        signer.answerNext();
        assertThat(ready(state).certificate().serial()).isNotEqualTo(first);
    }

    @Test
    void triesAgainWithGrowingPauses() {
        rotation.watch(A, Priority.WARMUP);
        List<Duration> pauses = new ArrayList<>();
        for (int i = 0; i < 11; i++) {
            signer.failNext("no");
            Duration waited = Duration.ZERO;
            while (signer.waiting().isEmpty()) {
                time.advance(Duration.ofMillis(500));
                waited = waited.plusMillis(500);
            }
            pauses.add(waited);
        }
        assertThat(pauses.subList(0, 5))
                .containsExactly(
                        Duration.ofMillis(500),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(8));
        assertThat(pauses.getLast()).isEqualTo(Duration.ofSeconds(150));
    }

    @Test
    void anAnswerThatFitsNeitherKeyNorIdentityIsAFailure() {
        Live<CertificateState> state = rotation.watch(A, Priority.WARMUP);
        List<String> ofAnother =
                ca.authority()
                        .issue(
                                dev.ambit.identity.x509.SigningRequest.create(A).csrPem(),
                                A,
                                Duration.ZERO);
        signer.answerNext(ofAnother);
        assertThat(state.current())
                .isEqualTo(
                        new CertificateState.Unavailable(
                                "certificate: does not belong to the private key"));
    }

    @Test
    void aConnectionGoesBeforeWarmupAndWarmupBeforeRenewal() {
        CertificateRotation narrow = rotation(1);
        narrow.watch(id("first"), Priority.WARMUP);
        narrow.watch(id("renewal"), Priority.BACKGROUND);
        narrow.watch(id("warm1"), Priority.WARMUP);
        narrow.watch(id("warm2"), Priority.WARMUP);
        narrow.watch(id("urgent"), Priority.REAL_TIME);
        narrow.watch(id("renewal"), Priority.BACKGROUND);
        CompletableFuture<CertificateState.Ready> promoted =
                narrow.ready(id("warm2"), Duration.ofSeconds(5));
        while (!signer.waiting().isEmpty()) {
            signer.answerNext();
        }
        assertThat(signer.asked())
                .containsExactly(
                        id("first"), id("warm2"), id("urgent"), id("warm1"), id("renewal"));
        assertThat(promoted).isCompleted();
        narrow.close();
    }

    @Test
    void asksForAFewAtOnce() {
        for (int i = 0; i < 20; i++) {
            rotation.watch(id("w" + i), Priority.WARMUP);
        }
        assertThat(signer.waiting()).hasSize(8);
        signer.answerNext();
        assertThat(signer.waiting()).hasSize(8);
    }

    @Test
    void waitersGetTheCertificateOrTheReasonInTime() {
        CompletableFuture<CertificateState.Ready> inTime = rotation.ready(A, Duration.ofSeconds(5));
        signer.failNext("pod is not known yet");
        time.advance(Duration.ofMillis(500));
        signer.answerNext();
        assertThat(inTime).isCompleted();

        CompletableFuture<CertificateState.Ready> late =
                rotation.ready(id("b"), Duration.ofSeconds(2));
        time.advance(Duration.ofSeconds(2));
        assertThat(late)
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(java.util.concurrent.ExecutionException.class)
                .withMessageContaining("no certificate in time: the CA has not answered yet");
    }

    @Test
    void hopelessIdentitiesAreRefusedAtOnce() {
        rotation.watch(A, Priority.WARMUP);
        for (int i = 0; i < CertificateRotation.HOPELESS_AFTER; i++) {
            signer.failNext("no such account");
            time.advance(Duration.ofSeconds(3));
        }
        assertThat(rotation.ready(A, Duration.ofSeconds(5)))
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(java.util.concurrent.ExecutionException.class)
                .withMessageContaining("no such account");
    }

    @Test
    void aSignerThatNeverAnswersLosesItsPlace() {
        CertificateRotation narrow = rotation(1);
        Live<CertificateState> state = narrow.watch(A, Priority.WARMUP);
        narrow.watch(id("b"), Priority.WARMUP);
        time.advance(CertificateRotation.SIGN_TIMEOUT);
        assertThat(state.current()).isEqualTo(new CertificateState.Unavailable("no answer in 30s"));
        assertThat(signer.asked()).contains(id("b"));
        narrow.close();
    }

    @Test
    void forgottenIdentitiesAreNotRenewedAndTheirRequestsAreGivenUp() {
        Live<CertificateState> state = rotation.watch(A, Priority.WARMUP);
        rotation.forget(A);
        assertThat(signer.waiting()).isEmpty();
        assertThat(state.current()).isInstanceOf(CertificateState.Unavailable.class);
        assertThat(rotation.snapshot()).isEmpty();
        time.advance(DAY);
        assertThat(signer.asked()).hasSize(1);

        Live<CertificateState> again = rotation.watch(A, Priority.REAL_TIME);
        signer.answerNext();
        assertThat(again.current()).isInstanceOf(CertificateState.Ready.class);
        assertThat(rotation.snapshot()).containsOnlyKeys(A);
    }

    @Test
    void aLifeOfAMinuteIsRenewedBeforeItEnds() {
        CertificateRotation brief =
                new CertificateRotation(
                        signer,
                        time.scheduler(),
                        Runnable::run,
                        new RotationConfig(Duration.ofSeconds(60), 8, TlsPolicy.DEFAULT),
                        time.clock(),
                        () -> 0.5);
        brief.watch(A, Priority.WARMUP);
        signer.answerNext();
        time.advance(Duration.ofSeconds(29));
        assertThat(signer.waiting()).isEmpty();
        time.advance(Duration.ofSeconds(2));
        assertThat(signer.waiting()).containsExactly(A);
        brief.close();
    }

    private CertificateRotation rotation(int concurrency) {
        return new CertificateRotation(
                signer,
                time.scheduler(),
                Runnable::run,
                new RotationConfig(DAY, concurrency, TlsPolicy.DEFAULT),
                time.clock(),
                () -> 0.5);
    }

    private static CertificateState.Ready ready(Live<CertificateState> state) {
        assertThat(state.current()).isInstanceOf(CertificateState.Ready.class);
        return (CertificateState.Ready) state.current();
    }

    private static SpiffeId id(String account) {
        return SpiffeId.of("cluster.local", "default", account);
    }
}
