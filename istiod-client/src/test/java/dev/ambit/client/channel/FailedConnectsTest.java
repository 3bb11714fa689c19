package dev.ambit.client.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ambit.client.signing.GrpcCertificateSigner;
import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.x509.SigningRequest;
import dev.ambit.runtime.net.EventLoops;
import dev.ambit.runtime.net.Transport;
import dev.ambit.runtime.testing.TestLoops;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** J06: while istiod is away, an attempt every few seconds must not cost a descriptor each. */
final class FailedConnectsTest {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final SpiffeId ID = SpiffeId.of("cluster.local", "default", "curl");
    private static final int ATTEMPTS = 40;
    private static final int OTHERS = 10;

    static Stream<Transport> transports() {
        return TestLoops.transports().stream();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void anIstiodThatIsAwayCostsNoDescriptor(Transport transport) throws Exception {
        assumeTrue(Files.isDirectory(DESCRIPTORS));
        try (EventLoops loops = TestLoops.start(transport, 1);
                IstiodChannel channel = IstiodChannel.open(nobody(), loops)) {
            attempt(channel);
            long before = open();
            for (int i = 0; i < ATTEMPTS; i++) {
                channel.renew();
                attempt(channel);
            }
            // Closing takes a turn of the loop or two.
            for (int turn = 0; turn < 200 && open() > before + OTHERS; turn++) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(25));
            }
            assertThat(open()).isLessThanOrEqualTo(before + OTHERS);
        }
    }

    private static void attempt(IstiodChannel channel) {
        SigningRequest request = SigningRequest.create(ID);
        assertThatThrownBy(
                        () ->
                                new GrpcCertificateSigner(
                                                channel, GrpcCertificateSigner.Mode.SHARED)
                                        .sign(ID, request.csrPem(), Duration.ofHours(1))
                                        .toCompletableFuture()
                                        .get(20, TimeUnit.SECONDS))
                .hasMessageContaining("UNAVAILABLE");
    }

    private static ChannelConfig nobody() throws IOException {
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return ChannelConfig.to(
                    "http://127.0.0.1:" + closed.getLocalPort(),
                    new RootSource.SystemRoots(),
                    Optional.empty(),
                    new ChannelConfig.Identification(new TokenSource.None(), "c", Map.of()));
        }
    }

    private static long open() {
        try (Stream<Path> all = Files.list(DESCRIPTORS)) {
            return all.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
