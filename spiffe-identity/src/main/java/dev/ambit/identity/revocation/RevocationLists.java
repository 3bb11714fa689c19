package dev.ambit.identity.revocation;

import dev.ambit.identity.Pem;
import dev.ambit.identity.Quoted;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import javax.security.auth.x500.X500Principal;

/** All lists of a file, by issuer. Immutable. */
record RevocationLists(Map<X500Principal, List<RevocationList>> byIssuer) {

    static final RevocationLists NONE = new RevocationLists(Map.of());

    /** A ConfigMap holds 1 MiB; a file from elsewhere a few hundred thousand entries. */
    static final int MAX_BYTES = 16 << 20;

    private static final int SEQUENCE = 0x30;
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN [^-]*-----[^-]*-----END [^-]*-----");

    RevocationLists {
        byIssuer = Map.copyOf(byIssuer);
    }

    /**
     * Reads PEM blocks or one DER list after the other. Nothing at all is no lists, on purpose;
     * anything that is not wholly understood is refused.
     */
    static RevocationLists parse(byte[] file) throws RevocationProblem {
        if (file.length > MAX_BYTES) {
            throw new RevocationProblem(
                    "%d bytes (expected: <= %d)".formatted(file.length, MAX_BYTES));
        }
        List<X509CRL> found;
        if (file.length > 0 && file[0] == SEQUENCE) {
            found = der(file);
        } else {
            String text = new String(file, StandardCharsets.ISO_8859_1);
            if (text.isBlank()) {
                return NONE;
            }
            found = pem(text);
        }
        Map<X500Principal, List<RevocationList>> byIssuer = new HashMap<>();
        for (X509CRL crl : found) {
            RevocationList list = RevocationList.of(crl);
            byIssuer.computeIfAbsent(list.issuer(), name -> new ArrayList<>()).add(list);
        }
        return new RevocationLists(byIssuer);
    }

    private static List<X509CRL> pem(String text) throws RevocationProblem {
        // What is left of a cut-off block must not pass as a remark between two.
        if (BLOCK.matcher(text).replaceAll("").contains("-----")) {
            throw new RevocationProblem("PEM: a block is cut off");
        }
        List<X509CRL> found = new ArrayList<>();
        try {
            for (Pem.Block block : Pem.blocks(text)) {
                if (!block.label().equals("X509 CRL")) {
                    throw new RevocationProblem(
                            "PEM: block %s (expected: X509 CRL)"
                                    .formatted(Quoted.of(block.label())));
                }
                List<X509CRL> one = der(block.der());
                found.addAll(one);
            }
        } catch (IllegalArgumentException e) {
            throw new RevocationProblem(String.valueOf(e.getMessage()), e);
        }
        if (found.isEmpty()) {
            throw new RevocationProblem("neither PEM nor DER (expected: X509 CRL, or empty)");
        }
        return found;
    }

    private static List<X509CRL> der(byte[] bytes) throws RevocationProblem {
        List<X509CRL> found = new ArrayList<>();
        int at = 0;
        while (at < bytes.length) {
            int length = length(bytes, at);
            found.add(one(bytes, at, length));
            at += length;
        }
        return found;
    }

    private static X509CRL one(byte[] bytes, int at, int length) throws RevocationProblem {
        try (ByteArrayInputStream in = new ByteArrayInputStream(bytes, at, length)) {
            return (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(in);
        } catch (CRLException | CertificateException | IOException | RuntimeException e) {
            throw new RevocationProblem(
                    "list cannot be read: " + Quoted.of(String.valueOf(e.getMessage())), e);
        }
    }

    /** Of one DER element with its header. The JDK's reader would ignore what follows. */
    private static int length(byte[] bytes, int at) throws RevocationProblem {
        int left = bytes.length - at;
        if (left < 2 || bytes[at] != SEQUENCE) {
            throw new RevocationProblem("DER: no list at byte " + at);
        }
        int first = bytes[at + 1] & 0xff;
        int header = 2;
        long length = first;
        if (first >= 0x80) {
            int octets = first & 0x7f;
            if (octets == 0 || octets > 4 || left < 2 + octets) {
                throw new RevocationProblem("DER: cut off");
            }
            length = 0;
            for (int i = 0; i < octets; i++) {
                length = (length << 8) | (bytes[at + 2 + i] & 0xff);
            }
            header += octets;
        }
        if (length > left - header) {
            throw new RevocationProblem("DER: cut off");
        }
        return header + (int) length;
    }

    List<RevocationList> of(X500Principal issuer) {
        return byIssuer.getOrDefault(issuer, List.of());
    }

    List<RevocationList> all() {
        return byIssuer.values().stream().flatMap(List::stream).toList();
    }

    /** Issuers whose lists differ. */
    Set<X500Principal> differing(RevocationLists other) {
        Set<X500Principal> names = new HashSet<>(byIssuer.keySet());
        names.addAll(other.byIssuer.keySet());
        names.removeIf(name -> same(of(name), other.of(name)));
        return names;
    }

    private static boolean same(List<RevocationList> a, List<RevocationList> b) {
        if (a.size() != b.size()) {
            return false;
        }
        for (int i = 0; i < a.size(); i++) {
            if (!a.get(i).sameAs(b.get(i))) {
                return false;
            }
        }
        return true;
    }
}
