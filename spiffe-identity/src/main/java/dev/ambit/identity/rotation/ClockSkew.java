package dev.ambit.identity.rotation;

import dev.ambit.identity.Pem;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Recognizes a clock that is wrong (reliability.md M09). The CA's date is read from what it has
 * just signed: its certificates begin {@link #BACKDATED} before its own now, so that clocks may
 * differ by as much.
 */
final class ClockSkew {

    /** As Istio's CA does. */
    static final Duration BACKDATED = Duration.ofMinutes(2);

    private ClockSkew() {}

    /** The reason for a refusal, or the clock if that is why. */
    static String explain(List<String> elements, Instant now, String reason) {
        X509Certificate leaf;
        try {
            leaf = Pem.certificates(elements.getFirst()).getFirst();
        } catch (RuntimeException unreadable) {
            return reason;
        }
        Instant begin = leaf.getNotBefore().toInstant();
        Instant end = leaf.getNotAfter().toInstant();
        if (!now.isBefore(begin) && !now.isAfter(end)) {
            return reason;
        }
        Instant theirs = begin.plus(BACKDATED);
        Duration skew = Duration.between(theirs, now);
        return "AMB1109 clock skew %s: this node says %s, the CA's date is about %s (%s)"
                .formatted(shown(skew), now, theirs, "correct the node's clock; " + reason);
    }

    /** As 3h12m, with its sign. */
    private static String shown(Duration skew) {
        Duration size = skew.abs();
        String sign = skew.isNegative() ? "-" : "+";
        return size.toHours() > 0
                ? "%s%dh%02dm".formatted(sign, size.toHours(), size.toMinutesPart())
                : "%s%dm%02ds".formatted(sign, size.toMinutes(), size.toSecondsPart());
    }
}
