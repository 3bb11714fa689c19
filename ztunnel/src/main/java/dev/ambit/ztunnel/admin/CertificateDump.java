package dev.ambit.ztunnel.admin;

import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.rotation.CertificateState;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Certificates in the form {@code istioctl ztunnel-config} reads; never a key. */
final class CertificateDump {

    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

    private CertificateDump() {}

    static List<Map<String, @Nullable Object>> all(Map<SpiffeId, CertificateState> certificates) {
        Map<String, Map<String, @Nullable Object>> sorted = new TreeMap<>();
        certificates.forEach((id, state) -> sorted.put(id.uri(), certificate(id, state)));
        return List.copyOf(sorted.values());
    }

    private static Map<String, @Nullable Object> certificate(SpiffeId id, CertificateState state) {
        JsonFields fields = new JsonFields().put("identity", id.uri());
        return switch (state) {
            case CertificateState.Fetching f -> empty(fields.put("state", "Initializing"));
            case CertificateState.Unavailable u ->
                    empty(fields.put("state", "Unavailable: " + u.reason()));
            case CertificateState.Ready r ->
                    fields.put("state", "Available")
                            .put("certChain", chain(r.certificate().chain()))
                            .put("rootCerts", chain(r.certificate().bundle().roots()))
                            .map();
        };
    }

    private static Map<String, @Nullable Object> empty(JsonFields fields) {
        return fields.put("certChain", List.of()).put("rootCerts", List.of()).map();
    }

    private static List<Map<String, @Nullable Object>> chain(List<X509Certificate> certificates) {
        return certificates.stream().map(CertificateDump::certificate).toList();
    }

    private static Map<String, @Nullable Object> certificate(X509Certificate c) {
        return new JsonFields()
                .put(
                        "pem",
                        Base64.getEncoder()
                                .encodeToString(pem(c).getBytes(StandardCharsets.US_ASCII)))
                .put("serialNumber", c.getSerialNumber().toString())
                .put(
                        "validFrom",
                        c.getNotBefore().toInstant().truncatedTo(ChronoUnit.SECONDS).toString())
                .put(
                        "expirationTime",
                        c.getNotAfter().toInstant().truncatedTo(ChronoUnit.SECONDS).toString())
                .map();
    }

    private static String pem(X509Certificate c) {
        try {
            return "-----BEGIN CERTIFICATE-----\n"
                    + LINES.encodeToString(c.getEncoded())
                    + "\n-----END CERTIFICATE-----\n";
        } catch (CertificateEncodingException impossible) {
            throw new IllegalStateException("a parsed certificate has no encoding", impossible);
        }
    }
}
