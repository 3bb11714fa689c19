package dev.ambit.identity.revocation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.identity.Pem;
import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.revocation.Revocation.Side;
import dev.ambit.identity.revocation.Revocation.Verdict;
import dev.ambit.identity.testing.TestCertificates;
import dev.ambit.identity.testing.TestLists;
import dev.ambit.identity.x509.CertificatePath;
import dev.ambit.identity.x509.ChainVerifier;
import dev.ambit.identity.x509.WorkloadCertificate;
import dev.ambit.runtime.testing.ManualTime;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A11, what a list says and which lists are believed; on manual time. */
final class RevocationTest {

    private static final SpiffeId CURL = SpiffeId.of("cluster.local", "default", "curl");

    private final ManualTime time = new ManualTime();
    private final TestCertificates ca = new TestCertificates(time.clock());
    private final WorkloadCertificate bad = ca.workload(CURL);
    private final WorkloadCertificate good = ca.workload(CURL);
    private final Revocation revocation = new Revocation(UnknownStatus.ALLOW, time.clock());

    private CertificatePath path(WorkloadCertificate certificate) {
        return new ChainVerifier(certificate.bundle())
                .verify(certificate.chain(), time.now())
                .path();
    }

    private Verdict judged(WorkloadCertificate certificate) {
        return revocation.judge(path(certificate), Side.DESTINATION);
    }

    private byte[] list() {
        return TestLists.pem(ca, time.now(), bad.serial());
    }

    @Test
    void a11ListedSerialsAreRevokedAndOthersAreGood() {
        assertThat(judged(bad)).isEqualTo(Verdict.GOOD);
        assertThat(revocation.offer(list())).isNull();
        assertThat(judged(bad)).isEqualTo(Verdict.REVOKED);
        assertThat(judged(good)).isEqualTo(Verdict.GOOD);
        assertThat(revocation.problem()).isNull();
    }

    @Test
    void readsDerAndSeveralListsInOneFile() {
        TestCertificates other = new TestCertificates(time.clock());
        WorkloadCertificate theirs = other.workload(CURL);
        Instant next = time.now().plus(Duration.ofDays(1));
        assertThat(revocation.offer(TestLists.der(ca, time.now(), next, bad.serial()))).isNull();
        assertThat(judged(bad)).isEqualTo(Verdict.REVOKED);

        // Both authorities have the same name: only the signature tells their lists apart.
        byte[] mine = list();
        byte[] both = Arrays.copyOf(mine, mine.length * 2 + 4096);
        byte[] second = TestLists.pem(other, time.now(), theirs.serial());
        System.arraycopy(second, 0, both, mine.length, second.length);
        assertThat(revocation.offer(Arrays.copyOf(both, mine.length + second.length))).isNull();
        assertThat(judged(bad)).isEqualTo(Verdict.REVOKED);
        assertThat(judged(theirs)).isEqualTo(Verdict.REVOKED);
        assertThat(judged(good)).isEqualTo(Verdict.GOOD);
    }

    @Test
    void a11WhatCannotBeUsedNeverReplacesWhatCan() {
        byte[] list = list();
        assertThat(revocation.offer(list)).isNull();
        List<byte[]> broken = new ArrayList<>();
        for (int cut = 1; cut < list.length - 1; cut += 7) {
            broken.add(Arrays.copyOf(list, cut));
        }
        broken.add("hello".getBytes(StandardCharsets.US_ASCII));
        broken.add(
                Pem.encode("CERTIFICATE", new byte[] {0x30, 0}).getBytes(StandardCharsets.UTF_8));
        broken.add(new byte[] {0x30, (byte) 0x84, 0x7f, 0, 0, 0});
        broken.add(TestLists.delta(ca, time.now()));
        for (byte[] file : broken) {
            assertThat(revocation.offer(file)).isNotNull().matches("[ -~]*");
            assertThat(judged(bad)).isEqualTo(Verdict.REVOKED);
            assertThat(revocation.problem()).isNotNull();
        }
        assertThat(revocation.offer(list)).isNull();
        assertThat(revocation.problem()).isNull();
    }

    @Test
    void a11AnExpiredListDoesNotReplaceAndAnOldOneStaysInForceWithAnAlarm() {
        assertThat(revocation.offer(list())).isNull();
        byte[] stale =
                TestLists.der(ca, time.now().minusSeconds(7200), time.now().minusSeconds(3600));
        assertThat(revocation.offer(stale)).contains("past its next update");
        assertThat(judged(bad)).isEqualTo(Verdict.REVOKED);
        assertThat(revocation.offer(list())).isNull();
        time.advance(Duration.ofHours(20));
        revocation.look();
        assertThat(revocation.problem()).isNull();
        time.advance(Duration.ofHours(5));
        revocation.look();
        assertThat(revocation.problem()).contains("past its next update");
        assertThat(revocation.revoked(pathBefore(bad))).isTrue();
    }

    private CertificatePath pathBefore(WorkloadCertificate certificate) {
        return new ChainVerifier(certificate.bundle())
                .verify(certificate.chain(), certificate.notBefore())
                .path();
    }

    @Test
    void a11AFileThatWasNeverUsableLetsNobodyIn() {
        assertThat(revocation.offer("garbage".getBytes(StandardCharsets.US_ASCII))).isNotNull();
        assertThat(judged(good)).isEqualTo(Verdict.REFUSED);
        assertThat(revocation.offer(list())).isNull();
        assertThat(judged(good)).isEqualTo(Verdict.GOOD);
    }

    @Test
    void a11EmptiedOnPurposeMeansNobodyIsRevoked() {
        assertThat(revocation.offer(list())).isNull();
        assertThat(revocation.offer(new byte[0])).isNull();
        assertThat(judged(bad)).isEqualTo(Verdict.GOOD);
        assertThat(revocation.offer(list())).isNull();
        revocation.cleared();
        assertThat(judged(bad)).isEqualTo(Verdict.GOOD);
    }

    @Test
    void aListSignedByNoTrustedAuthorityIsRefused() {
        revocation.knows(ca.bundle(), List.of());
        assertThat(revocation.offer(list())).isNull();
        TestCertificates stranger = new TestCertificates(time.clock());
        assertThat(
                        revocation.offer(
                                TestLists.der(
                                        ca.authority().signingKey().current().certificate(),
                                        stranger.authority().signingKey().current().key(),
                                        time.now(),
                                        time.now().plusSeconds(60),
                                        List.of())))
                .contains("signature of none of the trusted authorities");
        assertThat(judged(bad)).isEqualTo(Verdict.REVOKED);
    }

    @Test
    void aListAForeignKeySignedSaysNothingOfOurs() {
        TestCertificates stranger = new TestCertificates(time.clock());
        assertThat(revocation.offer(TestLists.pem(stranger, time.now(), bad.serial()))).isNull();
        assertThat(judged(bad)).isEqualTo(Verdict.GOOD);
    }

    @Test
    void theSwitchDecidesForIssuersNoListSpeaksFor() {
        Revocation strict = new Revocation(UnknownStatus.DENY, time.clock());
        assertThat(strict.offer(new byte[0])).isNull();
        assertThat(strict.judge(path(good), Side.SOURCE)).isEqualTo(Verdict.REFUSED);
        assertThat(strict.offer(list())).isNull();
        assertThat(strict.judge(path(good), Side.SOURCE)).isEqualTo(Verdict.GOOD);
    }

    @Test
    void tellsWhoseListsChangedAndOnlyThose() {
        List<Set<X500Principal>> changes = new ArrayList<>();
        revocation.onChange(changes::add);
        X500Principal name = bad.bundle().roots().getFirst().getSubjectX500Principal();
        byte[] list = list();
        assertThat(revocation.offer(list)).isNull();
        assertThat(revocation.offer(list)).isNull();
        assertThat(revocation.offer(new byte[0])).isNull();
        assertThat(changes).containsExactly(Set.of(name), Set.of(), Set.of(name));
    }

    @Test
    void aFileIsReadWhenItsChangeHasComeToRest(@TempDir Path directory) throws Exception {
        // As the kubelet writes a ConfigMap: file -> ..data/file, ..data -> a directory.
        Path first = Files.createDirectory(directory.resolve("..1"));
        Path second = Files.createDirectory(directory.resolve("..2"));
        Files.write(first.resolve("ca-crl.pem"), new byte[0]);
        Files.write(second.resolve("ca-crl.pem"), list());
        Path data = Files.createSymbolicLink(directory.resolve("..data"), first);
        Path file =
                Files.createSymbolicLink(
                        directory.resolve("ca-crl.pem"), Path.of("..data", "ca-crl.pem"));
        try (RevocationFile watched = new RevocationFile(file, revocation, time.scheduler())) {
            watched.start();
            assertThat(judged(bad)).isEqualTo(Verdict.GOOD);
            Files.delete(data);
            time.advance(RevocationFile.LOOK);
            Files.createSymbolicLink(data, second);
            time.advance(RevocationFile.LOOK);
            assertThat(judged(bad)).isEqualTo(Verdict.GOOD);
            time.advance(RevocationFile.QUIET);
            assertThat(judged(bad)).isEqualTo(Verdict.REVOKED);

            Files.write(second.resolve("ca-crl.pem"), "garbage".getBytes(StandardCharsets.UTF_8));
            time.advance(RevocationFile.LOOK.plus(RevocationFile.QUIET));
            assertThat(judged(bad)).isEqualTo(Verdict.REVOKED);
            assertThat(revocation.problem()).isNotNull();

            Files.delete(file);
            time.advance(RevocationFile.LOOK.plus(RevocationFile.QUIET));
            assertThat(judged(bad)).isEqualTo(Verdict.GOOD);
            assertThat(revocation.problem()).isNull();
        }
        assertThat(time.pending()).isZero();
    }
}
