/**
 * Who is speaking? SPIFFE ids, certificates, CA, rotation, TLS contexts, peer verification.
 *
 * <p>The rooms, from the door inwards: {@code rotation} keeps one certificate per id and {@code ca}
 * issues them; {@code tls} turns a certificate into contexts and judges peers; {@code x509} checks
 * chains and writes requests; this package holds the words all of them speak: {@link
 * dev.ambit.identity.SpiffeId}, {@link dev.ambit.identity.TrustDomain}, {@link
 * dev.ambit.identity.TrustBundle}.
 */
@NullMarked
package dev.ambit.identity;

import org.jspecify.annotations.NullMarked;
