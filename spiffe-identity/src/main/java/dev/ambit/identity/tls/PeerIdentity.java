package dev.ambit.identity.tls;

import dev.ambit.identity.SpiffeId;
import java.math.BigInteger;

/** Who is on the other side of a verified connection. */
public record PeerIdentity(SpiffeId id, BigInteger serial) {}
