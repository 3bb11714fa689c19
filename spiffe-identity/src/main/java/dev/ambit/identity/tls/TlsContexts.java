package dev.ambit.identity.tls;

import dev.ambit.identity.SpiffeId;
import io.netty.handler.ssl.SslContext;
import java.math.BigInteger;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Both sides' contexts of one certificate. Immutable; take it once per connection. Nobody releases
 * it: its native memory goes when the last reference does.
 *
 * @param client shows the certificate and accepts peers of the bundle; no SNI, ALPN h2
 * @param server the same, and demands a client certificate
 * @param serial of the leaf; part of the pool key, so that new certificates mean new connections
 * @param party what {@link LocalHandshake} needs; null if there is no certificate
 */
public record TlsContexts(
        SslContext client,
        SslContext server,
        SpiffeId id,
        BigInteger serial,
        Instant notAfter,
        @Nullable LocalParty party) {}
