/** A certificate as TLS contexts, and the judgement over peers. Netty with BoringSSL. */
@NullMarked
package dev.ambit.identity.tls;

import org.jspecify.annotations.NullMarked;
