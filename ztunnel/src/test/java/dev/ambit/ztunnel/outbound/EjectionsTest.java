package dev.ambit.ztunnel.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

final class EjectionsTest {

    private long now;

    private final Ejections ejections = new Ejections(Duration.ofNanos(10), () -> now);

    private boolean avoids(String uid) {
        Predicate<String> avoided = ejections.avoided();
        return avoided != null && avoided.test(uid);
    }

    @Test
    void avoidsForAWhile() {
        assertThat(ejections.eject("a")).isTrue();
        now = 5;
        assertThat(ejections.eject("b")).isTrue();
        assertThat(avoids("a")).isTrue();
        now = 10;
        assertThat(avoids("a")).isFalse();
        assertThat(avoids("b")).isTrue();
        now = 15;
        assertThat(ejections.avoided()).isNull();
    }

    @Test
    void anotherFailureProlongsItAndAnAnswerEndsIt() {
        ejections.eject("a");
        now = 9;
        assertThat(ejections.eject("a")).isFalse();
        now = 18;
        assertThat(avoids("a")).isTrue();
        ejections.answered("a");
        assertThat(ejections.avoided()).isNull();
    }

    @Test
    void neverRemembersMoreThanItsLimit() {
        for (int i = 0; i < Ejections.MOST; i++) {
            assertThat(ejections.eject("uid" + i)).isTrue();
        }
        assertThat(ejections.eject("one more")).isFalse();
        now = 10;
        assertThat(ejections.eject("one more")).isTrue();
    }

    @Test
    void ejectsNobodyWhenSwitchedOff() {
        Ejections off = new Ejections(Duration.ZERO, () -> now);
        assertThat(off.eject("a")).isFalse();
        assertThat(off.avoided()).isNull();
    }
}
