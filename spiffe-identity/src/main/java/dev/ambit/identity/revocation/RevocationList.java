package dev.ambit.identity.revocation;

import dev.ambit.identity.Quoted;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CRLException;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** One list of one issuer (RFC 5280 section 5). Immutable but for what it learnt of keys. */
final class RevocationList {

    /** Keys of one name at a time: a root, its successor, and room. */
    private static final int MAX_KEYS = 64;

    private final X509CRL crl;
    private final byte[] encoded;
    private final Set<BigInteger> serials;

    /** Checking a signature costs what half a handshake does; each key is asked once. */
    private final ConcurrentHashMap<PublicKey, Boolean> signers = new ConcurrentHashMap<>();

    private RevocationList(X509CRL crl, byte[] encoded, Set<BigInteger> serials) {
        this.crl = crl;
        this.encoded = encoded;
        this.serials = serials;
    }

    static RevocationList of(X509CRL crl) throws RevocationProblem {
        // A delta, or a list of only some certificates, read as a whole one would clear the rest.
        if (crl.hasUnsupportedCriticalExtension() || hasCritical(crl)) {
            throw new RevocationProblem(
                    "list of %s: critical extensions %s (expected: a plain, complete list)"
                            .formatted(name(crl), crl.getCriticalExtensionOIDs()));
        }
        Set<BigInteger> serials = new HashSet<>();
        Set<? extends X509CRLEntry> entries = crl.getRevokedCertificates();
        if (entries != null) {
            entries.forEach(entry -> serials.add(entry.getSerialNumber()));
        }
        try {
            return new RevocationList(crl, crl.getEncoded(), Set.copyOf(serials));
        } catch (CRLException e) {
            throw new RevocationProblem("list of %s: cannot be read".formatted(name(crl)), e);
        }
    }

    private static boolean hasCritical(X509CRL crl) {
        Set<String> critical = crl.getCriticalExtensionOIDs();
        return critical != null && !critical.isEmpty();
    }

    private static String name(X509CRL crl) {
        return Quoted.of(crl.getIssuerX500Principal().getName());
    }

    X500Principal issuer() {
        return crl.getIssuerX500Principal();
    }

    String name() {
        return name(crl);
    }

    /** When its successor should be there; null if it does not say. */
    @Nullable Instant nextUpdate() {
        Date next = crl.getNextUpdate();
        return next == null ? null : next.toInstant();
    }

    boolean staleAt(Instant now) {
        Instant next = nextUpdate();
        return next != null && now.isAfter(next);
    }

    boolean lists(BigInteger serial) {
        return serials.contains(serial);
    }

    int size() {
        return serials.size();
    }

    /** Whether the owner of the key made this list; two roots may share a name. */
    boolean signedBy(PublicKey key) {
        Boolean known = signers.get(key);
        if (known != null) {
            return known;
        }
        boolean holds = verifies(key);
        if (signers.size() < MAX_KEYS) {
            signers.put(key, holds);
        }
        return holds;
    }

    /** Keys it was found to be signed with. */
    Set<PublicKey> signedBy() {
        Set<PublicKey> keys = new HashSet<>();
        signers.forEach(
                (key, holds) -> {
                    if (holds) {
                        keys.add(key);
                    }
                });
        return keys;
    }

    private boolean verifies(PublicKey key) {
        try {
            crl.verify(key);
            return true;
        } catch (GeneralSecurityException | RuntimeException notIts) {
            return false;
        }
    }

    boolean sameAs(RevocationList other) {
        return Arrays.equals(encoded, other.encoded);
    }
}
