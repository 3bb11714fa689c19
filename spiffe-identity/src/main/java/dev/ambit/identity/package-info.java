/** Who is speaking? SPIFFE ids, certificates, CA, rotation, TLS contexts, peer verification. */
@NullMarked
package dev.ambit.identity;

import org.jspecify.annotations.NullMarked;
