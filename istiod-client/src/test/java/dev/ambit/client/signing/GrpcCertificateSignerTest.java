package dev.ambit.client.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.client.channel.ChannelConfig;
import dev.ambit.client.channel.IstiodChannel;
import dev.ambit.client.channel.RootSource;
import dev.ambit.client.channel.TokenSource;
import dev.ambit.client.testing.FakeControlPlane;
import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.testing.TestCertificates;
import dev.ambit.identity.x509.SigningRequest;
import dev.ambit.identity.x509.WorkloadCertificate;
import dev.ambit.runtime.net.EventLoops;
import dev.ambit.runtime.testing.TestLoops;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates over a real channel: who is trusted as CA, which token is sent. */
final class GrpcCertificateSignerTest {

    private static final SpiffeId ID = SpiffeId.of("cluster.local", "default", "curl");

    private final EventLoops loops = TestLoops.start();
    private final FakeControlPlane istiod = FakeControlPlane.start();

    @TempDir Path directory;

    @AfterEach
    void close() {
        istiod.close();
        loops.close();
    }

    @Test
    void bringsACertificateOfTheIdentityAskedFor() throws Exception {
        try (IstiodChannel channel = IstiodChannel.open(istiod.config(), loops)) {
            SigningRequest request = SigningRequest.create(ID);
            WorkloadCertificate certificate =
                    WorkloadCertificate.of(ID, request.key(), sign(channel, request));
            assertThat(certificate.id()).isEqualTo(ID);
            assertThat(certificate.bundle()).isEqualTo(istiod.certificates().bundle());
        }
    }

    @Test
    void saysWhyTheCaRefused() {
        istiod.refuseCertificates("request authenticate failure");
        try (IstiodChannel channel = IstiodChannel.open(istiod.config(), loops)) {
            assertThatThrownBy(() -> sign(channel, SigningRequest.create(ID)))
                    .hasMessageContaining("UNAUTHENTICATED: request authenticate failure");
        }
    }

    @Test
    void readsTheTokenAtEveryCallAndTheRootsWhenTheyChange() throws Exception {
        Path token = Files.writeString(directory.resolve("token"), "first\n");
        Path root = directory.resolve("root-cert.pem");
        ChannelConfig config =
                ChannelConfig.to(
                        "localhost:" + istiod.port(),
                        new RootSource.File(root),
                        Optional.empty(),
                        new ChannelConfig.Identification(
                                new TokenSource.File(token), "c1", Map.of("x-extra", "yes")));
        try (IstiodChannel channel = IstiodChannel.open(config, loops)) {
            assertThatThrownBy(() -> sign(channel, SigningRequest.create(ID)))
                    .hasMessageContaining("root certificate cannot be read");

            Files.writeString(root, new TestCertificates().bundle().pem());
            assertThatThrownBy(() -> sign(channel, SigningRequest.create(ID)))
                    .hasMessageContaining("UNAVAILABLE")
                    .hasMessageContaining("unknown issuer");

            Files.writeString(root, istiod.certificates().bundle().pem());
            sign(channel, SigningRequest.create(ID));
            assertThat(istiod.lastHeader("authorization")).isEqualTo("Bearer first");
            assertThat(istiod.lastHeader("clusterid")).isEqualTo("c1");
            assertThat(istiod.lastHeader("x-extra")).isEqualTo("yes");

            Files.writeString(token, "second");
            sign(channel, SigningRequest.create(ID));
            assertThat(istiod.lastHeader("authorization")).isEqualTo("Bearer second");
        }
    }

    @Test
    void believesTheSecondNameAndNoOther() throws Exception {
        String byAddress = "https://127.0.0.1:" + istiod.port();
        RootSource root = new RootSource.Inline(istiod.certificates().bundle().pem());
        ChannelConfig.Identification nobody =
                new ChannelConfig.Identification(new TokenSource.None(), "c1", Map.of());
        try (IstiodChannel strict =
                        IstiodChannel.open(
                                ChannelConfig.to(byAddress, root, Optional.empty(), nobody),
                                loops);
                IstiodChannel lenient =
                        IstiodChannel.open(
                                ChannelConfig.to(byAddress, root, Optional.of("localhost"), nobody),
                                loops)) {
            assertThatThrownBy(() -> sign(strict, SigningRequest.create(ID)))
                    .hasMessageContaining("istiod's certificate is for [localhost]");
            assertThat(sign(lenient, SigningRequest.create(ID))).hasSize(2);
        }
    }

    private static List<String> sign(IstiodChannel channel, SigningRequest request)
            throws Exception {
        return new GrpcCertificateSigner(channel, GrpcCertificateSigner.Mode.SHARED)
                .sign(ID, request.csrPem(), Duration.ofHours(1))
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
    }
}
