package dev.ambit.identity.tls;

import dev.ambit.identity.TrustBundle;
import dev.ambit.identity.x509.CertificateRejected;
import dev.ambit.identity.x509.ChainVerifier;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Chains that were checked before. A peer shows the same bytes in every handshake until it rotates;
 * checking them costs a quarter of a handshake (performance.md 4.5), hashing them nothing. An entry
 * is found only for the same bytes under the same roots, and only until the first certificate of
 * its path ends. Refusals are not kept. Shared by all contexts of a process, thread-safe, bounded.
 */
final class VerifiedChains {

    /** Peers talking to one node at once; beyond it the oldest knowledge is thrown away. */
    static final int MAX_ENTRIES = 8192;

    private final ConcurrentHashMap<Key, ChainVerifier.Verified> known = new ConcurrentHashMap<>();

    /** SHA-256 over the generation of the bundle and the chain. */
    private record Key(long a, long b, long c, long d) {}

    /** One bundle's view of the cache. */
    Checker under(TrustBundle bundle, Clock clock) {
        return new Checker(this, bundle, clock);
    }

    int size() {
        return known.size();
    }

    private void remember(Key key, ChainVerifier.Verified verified, Instant now) {
        if (known.size() >= MAX_ENTRIES) {
            known.values().removeIf(v -> v.notAfter().isBefore(now));
            if (known.size() >= MAX_ENTRIES) {
                known.clear();
            }
        }
        known.put(key, verified);
    }

    /** Checks chains against one bundle, remembering those that hold. */
    static final class Checker {
        private final VerifiedChains chains;
        private final ChainVerifier verifier;
        private final byte[] generation;
        private final Clock clock;

        private Checker(VerifiedChains chains, TrustBundle bundle, Clock clock) {
            this.chains = chains;
            this.verifier = new ChainVerifier(bundle);
            this.generation = bundle.generation().getBytes(StandardCharsets.US_ASCII);
            this.clock = clock;
        }

        /**
         * Who the chain speaks for.
         *
         * @throws CertificateRejected with the reason
         */
        ChainVerifier.Verified check(X509Certificate[] chain) {
            Instant now = clock.instant();
            Key key = key(chain);
            ChainVerifier.Verified before = chains.known.get(key);
            if (before != null && !now.isAfter(before.notAfter())) {
                return before;
            }
            ChainVerifier.Verified verified = verifier.verify(parsed(chain), now);
            chains.remember(key, verified, now);
            return verified;
        }

        private Key key(X509Certificate[] chain) {
            if (chain.length > ChainVerifier.MAX_CERTIFICATES) {
                throw new CertificateRejected(
                        "chain: %d certificates (expected: 1-%d)"
                                .formatted(chain.length, ChainVerifier.MAX_CERTIFICATES));
            }
            try {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                digest.update(generation);
                for (X509Certificate certificate : chain) {
                    // DER carries its own length: no two chains run together the same way.
                    digest.update(certificate.getEncoded());
                }
                ByteBuffer hash = ByteBuffer.wrap(digest.digest());
                return new Key(hash.getLong(), hash.getLong(), hash.getLong(), hash.getLong());
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has SHA-256", e);
            } catch (CertificateEncodingException e) {
                throw new CertificateRejected("chain: certificate cannot be read", e);
            }
        }

        /** Netty hands over lazy certificates; a path is checked on the JDK's own. */
        private static List<X509Certificate> parsed(X509Certificate[] chain) {
            return Arrays.stream(chain).map(Checker::parsed).toList();
        }

        private static X509Certificate parsed(X509Certificate lazy) {
            try {
                return dev.ambit.identity.Pem.certificate(lazy.getEncoded());
            } catch (CertificateEncodingException | IllegalArgumentException e) {
                throw new CertificateRejected("chain: certificate cannot be read", e);
            }
        }
    }
}
