package dev.ambit.tests.rig;

import dev.ambit.hbone.frame.FrameWriter;
import dev.ambit.hbone.frame.Frames;
import dev.ambit.identity.Pem;
import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.ca.CertificateAuthority;
import dev.ambit.identity.ca.SigningKey;
import dev.ambit.identity.x509.SigningRequest;
import dev.ambit.tests.mesh.TestPod;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** A peer of the mesh with a good certificate, and HTTP/2 frames no good peer would send. */
final class Attacker {

    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final int TUNNELS = 15008;
    private static final int BATCH = 16 * 1024;
    private static final int MOST_ROUNDS = 2_000_000;
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /**
     * How a connection ended.
     *
     * @param code of the last GOAWAY, -1 if none was read
     * @param rounds of the attack that were written
     * @param stillOpen whether it was not cut off at all
     */
    record Farewell(long code, int rounds, boolean stillOpen) {}

    private final TestPod from;
    private final SSLContext context;

    Attacker(TestPod from, SigningKey ca, String identity) {
        this.from = from;
        try {
            this.context = context(ca, identity);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static SSLContext context(SigningKey ca, String identity)
            throws GeneralSecurityException, IOException {
        SpiffeId id = SpiffeId.parse(identity);
        SigningRequest request = SigningRequest.create(id);
        String leaf =
                new CertificateAuthority(ca, Clock.systemUTC())
                        .issue(request.csrPem(), id, Duration.ofHours(1))
                        .getFirst();
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        X509Certificate[] chain = Pem.certificates(leaf).toArray(X509Certificate[]::new);
        store.setKeyEntry("own", request.key(), new char[0], chain);
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, new char[0]);
        KeyStore roots = KeyStore.getInstance("PKCS12");
        roots.load(null, null);
        roots.setCertificateEntry("root", ca.certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(roots);
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    /** One connection: frames as fast as they go until it is cut off. */
    Farewell flood(String ip, Floods.Attack attack) throws IOException {
        AtomicLong code = new AtomicLong(-1);
        CountDownLatch ended = new CountDownLatch(1);
        int rounds = 0;
        try (Socket plain = from.net().connect(ip, TUNNELS, PATIENCE);
                SSLSocket tls =
                        (SSLSocket)
                                context.getSocketFactory().createSocket(plain, ip, TUNNELS, true)) {
            SSLParameters parameters = tls.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2"});
            tls.setSSLParameters(parameters);
            tls.startHandshake();
            Thread.ofPlatform().daemon().name("farewell").start(() -> read(tls, code, ended));
            rounds = write(tls.getOutputStream(), attack, ended);
            boolean open = !ended.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            return new Farewell(code.get(), rounds, open);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static int write(OutputStream out, Floods.Attack attack, CountDownLatch ended) {
        ByteBuf batch = Unpooled.buffer(2 * BATCH);
        int round = 0;
        try {
            batch.writeCharSequence(PREFACE, StandardCharsets.US_ASCII);
            FrameWriter.header(batch, 0, Frames.SETTINGS, 0, 0);
            while (round < MOST_ROUNDS && ended.getCount() > 0) {
                while (batch.readableBytes() < BATCH) {
                    attack.write(batch, round++);
                }
                batch.readBytes(out, batch.readableBytes());
                out.flush();
                batch.clear();
            }
        } catch (IOException cutOff) {
            // which is what should happen
        } finally {
            batch.release();
        }
        return round;
    }

    private static void read(SSLSocket tls, AtomicLong code, CountDownLatch ended) {
        try (DataInputStream in = new DataInputStream(tls.getInputStream())) {
            while (true) {
                int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
                int type = in.readUnsignedByte();
                in.skipNBytes(5);
                byte[] payload = in.readNBytes(length);
                if (type == Frames.GOAWAY) {
                    code.set(Unpooled.wrappedBuffer(payload).getUnsignedInt(4));
                }
            }
        } catch (IOException over) {
            // by an end, a reset or our own close
        } finally {
            ended.countDown();
        }
    }
}
