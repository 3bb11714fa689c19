package dev.ambit.hbone.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.testing.TestCertificates;
import dev.ambit.identity.tls.MeshTls;
import dev.ambit.identity.tls.TlsPolicy;
import dev.ambit.identity.x509.WorkloadCertificate;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Arrays;
import java.util.Random;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Records after the handshake: nothing lost however they are cut, and every end is told. */
class TlsRecordsTest {
    static {
        // Read once, when Java's TLS is first used: keys are changed after this much.
        Security.setProperty("jdk.tls.keyLimits", "AES/GCM/NoPadding KeyUpdate 2^17");
    }

    private static final WorkloadCertificate CERTIFICATE =
            new TestCertificates().workload(SpiffeId.of("cluster.local", "ns", "sa"));

    private final Random random = new Random(20261121);
    private final SslContext mesh =
            MeshTls.contexts(CERTIFICATE, TlsPolicy.DEFAULT, Clock.systemUTC()).server();
    private final EmbeddedChannel ours = channel(mesh, true);
    private EmbeddedChannel peer =
            channel(
                    MeshTls.contexts(CERTIFICATE, TlsPolicy.DEFAULT, Clock.systemUTC()).client(),
                    true);

    @AfterEach
    void close() {
        ours.finishAndReleaseAll();
        peer.finishAndReleaseAll();
    }

    private static EmbeddedChannel channel(SslContext context, boolean whole) {
        SslHandler tls = context.newHandler(io.netty.buffer.PooledByteBufAllocator.DEFAULT);
        if (whole) {
            tls.setWrapDataSize(0);
        }
        return new EmbeddedChannel(new ChannelHandler[] {tls});
    }

    private void handshake(boolean both) {
        for (int i = 0; i < 8; i++) {
            carry(peer, ours);
            carry(ours, peer);
        }
        take(ours);
        if (both) {
            take(peer);
        }
    }

    private static void take(EmbeddedChannel channel) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        assertThat(tls.handshakeFuture().isSuccess()).isTrue();
        TlsRecords.replace(tls, channel.pipeline().context(tls));
        assertThat(channel.pipeline().get(SslHandler.class)).isNull();
    }

    /** Carries what one has sent to the other, cut anywhere. */
    private void carry(EmbeddedChannel from, EmbeddedChannel to) {
        ByteBuf all = Unpooled.buffer();
        ByteBuf piece;
        while ((piece = from.readOutbound()) != null) {
            all.writeBytes(piece);
            piece.release();
        }
        while (all.isReadable() && to.isOpen()) {
            int most = random.nextInt(4) == 0 ? 40 : 300_000;
            int bytes = Math.min(all.readableBytes(), 1 + random.nextInt(most));
            ByteBuf cut = random.nextInt(5) == 0 ? Unpooled.buffer(bytes) : direct(bytes);
            to.writeInbound(cut.writeBytes(all, bytes));
        }
    }

    private static ByteBuf sent(EmbeddedChannel by) {
        ByteBuf piece = by.readOutbound();
        while (!piece.isReadable()) {
            piece = by.readOutbound();
        }
        return piece;
    }

    private static ByteBuf direct(int bytes) {
        return io.netty.buffer.PooledByteBufAllocator.DEFAULT.directBuffer(bytes);
    }

    private static byte[] received(EmbeddedChannel at) {
        ByteBuf all = Unpooled.buffer();
        ByteBuf piece;
        while ((piece = at.readInbound()) != null) {
            all.writeBytes(piece);
            piece.release();
        }
        byte[] bytes = new byte[all.readableBytes()];
        all.readBytes(bytes);
        return bytes;
    }

    private void exchange(EmbeddedChannel from, EmbeddedChannel to, int most) {
        byte[] bytes = new byte[1 + random.nextInt(most)];
        random.nextBytes(bytes);
        int at = 0;
        while (at < bytes.length) {
            int part = Math.min(bytes.length - at, 1 + random.nextInt(most));
            from.writeOutbound(direct(part).writeBytes(bytes, at, part));
            at += part;
        }
        carry(from, to);
        assertThat(Arrays.equals(received(to), bytes)).isTrue();
    }

    @Test
    void everyByteArrivesInOrderHoweverRecordsAreCut() {
        handshake(true);

        for (int i = 0; i < 200; i++) {
            exchange(peer, ours, i % 3 == 0 ? 200 : 700_000);
            exchange(ours, peer, i % 2 == 0 ? 200 : 700_000);
        }
    }

    @Test
    void bytesThatCameTogetherWithTheEndOfTheHandshakeAreKept() {
        carry(peer, ours);
        carry(ours, peer);
        peer.writeOutbound(direct(5).writeBytes(new byte[] {1, 2, 3, 4, 5}));
        carry(peer, ours);
        take(ours);

        assertThat(received(ours)).containsExactly(1, 2, 3, 4, 5);
    }

    @Test
    void aPeerThatChangesItsKeysIsFollowedAndAnswered() throws Exception {
        peer.finishAndReleaseAll();
        peer =
                channel(
                        SslContextBuilder.forClient()
                                .sslProvider(SslProvider.JDK)
                                .keyManager(
                                        CERTIFICATE.key(),
                                        CERTIFICATE.chain().toArray(X509Certificate[]::new))
                                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                                .endpointIdentificationAlgorithm(null)
                                .protocols("TLSv1.3")
                                .ciphers(java.util.List.of("TLS_AES_128_GCM_SHA256"))
                                .build(),
                        false);
        handshake(false);

        for (int i = 0; i < 30; i++) {
            exchange(peer, ours, 100_000);
            carry(ours, peer);
            exchange(ours, peer, 100_000);
            carry(peer, ours);
        }
    }

    @Test
    void aForgedRecordEndsTheConnectionWithAnAlert() {
        handshake(true);
        peer.writeOutbound(direct(100).writeZero(100));
        ByteBuf record = sent(peer);
        record.setByte(50, record.getByte(50) ^ 1);

        assertThatThrownBy(() -> ours.writeInbound(record))
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("TLS read");
        assertThat(received(ours)).isEmpty();
        ByteBuf alert = sent(ours);
        assertThat(alert.readableBytes()).isPositive();
        alert.release();
    }

    @Test
    void aForgedRecordDoesNotTakeThoseBeforeItAlong() {
        handshake(true);
        peer.writeOutbound(direct(40_000).writeZero(40_000));
        ByteBuf records = sent(peer);
        records.setByte(records.writerIndex() - 1, 7);

        assertThatThrownBy(() -> ours.writeInbound(records)).isInstanceOf(SSLException.class);

        assertThat(received(ours)).hasSize(2 * 16_384);
    }

    @Test
    void closingTellsThePeerWhichCloses() {
        handshake(true);
        ours.writeOutbound(direct(3).writeZero(3));

        ours.close();
        carry(ours, peer);

        assertThat(received(peer)).hasSize(3);
        assertThat(ours.isOpen()).isFalse();
        assertThat(peer.isOpen()).isFalse();
    }

    @Test
    void whatIsWrittenAfterTheCloseFails() {
        handshake(true);
        ByteBuf late = direct(3).writeZero(3);
        ours.close();

        // Not by writeOneOutbound, which forgets what it was given once a channel is closed.
        assertThat(ours.writeAndFlush(late).isSuccess()).isFalse();
        assertThat(late.refCnt()).isZero();
    }

    @Test
    void whereMemoryIsRefusedNothingIsKept() {
        handshake(true);
        peer.writeOutbound(direct(100).writeZero(100));
        ByteBuf record = sent(peer);
        ByteBuf plain = direct(100).writeZero(100);
        ours.config().setAllocator(new Refusing());

        assertThat(ours.writeAndFlush(plain).cause()).isInstanceOf(OutOfMemoryError.class);
        assertThatThrownBy(() -> ours.writeInbound(record)).isInstanceOf(OutOfMemoryError.class);

        assertThat(plain.refCnt()).isZero();
        assertThat(record.refCnt()).isZero();
    }

    private static final class Refusing extends AbstractByteBufAllocator {
        @Override
        protected ByteBuf newHeapBuffer(int initial, int most) {
            throw new OutOfMemoryError("refused");
        }

        @Override
        protected ByteBuf newDirectBuffer(int initial, int most) {
            throw new OutOfMemoryError("refused");
        }

        @Override
        public boolean isDirectBufferPooled() {
            return false;
        }
    }
}
