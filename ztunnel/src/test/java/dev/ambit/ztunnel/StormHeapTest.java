package dev.ambit.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class StormHeapTest {
    private static final long MIB = 1 << 20;
    private static final long BUSY = StormHeap.LOOK_EVERY.toNanos();

    private long used = 10 * MIB;
    private long cpu;
    private int collected;
    private final StormHeap heap =
            new StormHeap(
                    () -> used,
                    () -> cpu,
                    () -> {
                        collected++;
                        used = 11 * MIB;
                    });

    @Test
    void givesBackWhatAStormLeftOnceItIsQuiet() {
        heap.look();
        used = 50 * MIB;
        cpu += BUSY;
        heap.look();
        assertThat(collected).isZero();
        heap.look();
        assertThat(collected).isEqualTo(1);
        used = 12 * MIB;
        heap.look();
        assertThat(collected).isEqualTo(1);
    }

    /** A mesh that has grown is no garbage. */
    @Test
    void doesNotLookAgainAtWhatOneCollectionKept() {
        StormHeap grown = new StormHeap(() -> used, () -> cpu, () -> collected++);
        grown.look();
        used = 50 * MIB;
        grown.look();
        grown.look();
        grown.look();
        assertThat(collected).isEqualTo(1);
    }

    @Test
    void doesNotWaitForeverForAQuietTime() {
        heap.look();
        for (int i = 0; i < 3; i++) {
            used = 50 * MIB;
            cpu += BUSY;
            heap.look();
        }
        assertThat(collected).isZero();
        used = 53 * MIB;
        cpu += BUSY;
        heap.look();
        assertThat(collected).isEqualTo(1);
    }

    @Test
    void leavesALittleGarbageAlone() {
        heap.look();
        used = 17 * MIB;
        heap.look();
        assertThat(collected).isZero();
    }
}
