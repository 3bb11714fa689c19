package dev.ambit.runtime.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.runtime.testing.Rooted;
import dev.ambit.runtime.testing.TestNetns;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class NetnsTest {

    @BeforeEach
    void needRoot() {
        Rooted.orSkip();
    }

    private static long here() {
        try (Netns now = Netns.open(Path.of("/proc/thread-self/ns/net"))) {
            return now.inode();
        }
    }

    @Test
    void runsInsideAndComesBack() {
        long home = here();
        try (TestNetns other = TestNetns.create()) {
            assertThat(other.netns().call(NetnsTest::here)).isEqualTo(other.netns().inode());
            assertThat(other.netns().inode()).isNotEqualTo(home);
            assertThat(here()).isEqualTo(home);
        }
    }

    @Test
    void comesBackWhenTheActionThrows() {
        long home = here();
        try (TestNetns other = TestNetns.create()) {
            assertThatThrownBy(
                            () ->
                                    other.netns()
                                            .call(
                                                    () -> {
                                                        throw new IllegalStateException("inside");
                                                    }))
                    .hasMessage("inside");
            assertThat(here()).isEqualTo(home);
        }
    }

    @Test
    void refusesVirtualThreadsAndNesting() throws Exception {
        try (TestNetns other = TestNetns.create()) {
            Throwable[] thrown = new Throwable[1];
            Thread.ofVirtual()
                    .start(
                            () -> {
                                try {
                                    other.netns().call(() -> 1);
                                } catch (IllegalStateException e) {
                                    thrown[0] = e;
                                }
                            })
                    .join();
            assertThat(thrown[0]).hasMessageContaining("virtual thread");
            assertThatThrownBy(() -> other.netns().call(() -> other.netns().call(() -> 1)))
                    .hasMessageContaining("from inside another");
        }
    }

    @Test
    void refusesADescriptorOfAnythingElse() throws Exception {
        Path file = Files.createTempFile("not-a-netns", "");
        assertThatThrownBy(() -> Netns.open(file)).hasMessageContaining("no network namespace");
        Files.delete(file);
    }
}
