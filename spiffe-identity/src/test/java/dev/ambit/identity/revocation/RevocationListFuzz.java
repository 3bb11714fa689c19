package dev.ambit.identity.revocation;

import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** The file of {@code CRL_PATH}: taken whole, or refused with a reason that is shown. */
public final class RevocationListFuzz {

    private RevocationListFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        Revocation revocation = new Revocation(UnknownStatus.DENY, Clock.systemUTC());
        @Nullable String why = revocation.offer(input);
        if (why != null && !why.equals(revocation.problem())) {
            throw new IllegalStateException(
                    "refused (" + why + "), and shown is: " + revocation.problem());
        }
        if (why == null && revocation.offer(input) != null) {
            throw new IllegalStateException("taken once and refused then");
        }
    }
}
