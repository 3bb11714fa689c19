package dev.ambit.api.testing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * The system's time and a shift set by hand: what a test has just written looks as if it had been
 * there for a while. For one test thread.
 */
public final class ShiftedClock extends Clock {
    private Duration shift = Duration.ZERO;

    public void shift(Duration ahead) {
        shift = ahead;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }

    @Override
    public Instant instant() {
        return Clock.systemUTC().instant().plus(shift);
    }
}
