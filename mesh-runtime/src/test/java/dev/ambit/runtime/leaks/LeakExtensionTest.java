package dev.ambit.runtime.leaks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** J02: a planted leak is found, and what is released is none. */
final class LeakExtensionTest {

    @Test
    void aPlantedLeakIsFound() {
        assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
        List<String> found = new ArrayList<>();
        for (int attempt = 0; attempt < 100 && found.isEmpty(); attempt++) {
            plant();
            LeakExtension.collect();
            found.addAll(CollectingLeakDetector.take());
        }
        assertThat(found).isNotEmpty().allMatch(leak -> leak.startsWith("LEAK: ByteBuf"));
    }

    /** In a method of its own, so that no variable keeps it. */
    private static void plant() {
        ByteBuf leaked = PooledByteBufAllocator.DEFAULT.directBuffer(32);
        leaked.writeInt(1);
    }

    @Test
    void whatIsReleasedIsNoLeak() {
        PooledByteBufAllocator.DEFAULT.directBuffer(32).writeInt(1).release();
        LeakExtension.collect();
        assertThat(CollectingLeakDetector.take()).isEmpty();
    }

    @Test
    void aClassThatLeaksFails() {
        for (int attempt = 0; attempt < 100; attempt++) {
            plant();
            try {
                LeakExtension.check();
            } catch (AssertionError told) {
                assertThat(told).hasMessageContaining("LEAK");
                return;
            }
        }
        fail("no leak was told of");
    }
}
