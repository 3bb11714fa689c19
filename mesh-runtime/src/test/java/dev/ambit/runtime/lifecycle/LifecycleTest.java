package dev.ambit.runtime.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.runtime.log.Log;
import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class LifecycleTest {

    private final List<String> events = new ArrayList<>();
    private final Drain drain = new Drain(Duration.ofMillis(50));
    private final Lifecycle lifecycle = new Lifecycle("test", drain);

    private void part(String name) {
        lifecycle.start(name, () -> events.add("start " + name), () -> events.add("stop " + name));
    }

    @Test
    void startsInOrderDrainsAndStopsInReverse() {
        drain.onStart(() -> events.add("drain"));
        part("a");
        part("b");
        lifecycle.requestStop("test");
        assertThat(lifecycle.run()).isZero();
        assertThat(events).containsExactly("start a", "start b", "drain", "stop b", "stop a");
    }

    @Test
    void goesOnAfterTheDeadlineAlthoughSomebodyHolds() {
        drain.hold("a connection that never ends");
        part("a");
        lifecycle.requestStop("test");
        assertThat(lifecycle.run()).isZero();
        assertThat(events).endsWith("stop a");
    }

    @Test
    void stopsWhatWasStartedWhenALaterPartDoesNotStart() {
        part("a");
        assertThatThrownBy(
                        () ->
                                lifecycle.start(
                                        "b",
                                        () -> {
                                            throw new IOException("port taken");
                                        },
                                        () -> events.add("stop b")))
                .hasMessage("b did not start: port taken");
        assertThat(events).containsExactly("start a", "stop a");
    }

    @Test
    void saysByItsExitCodeThatAPartFailed() {
        part("a");
        lifecycle.start(
                "b",
                () -> {},
                () -> {
                    throw new IOException("cannot stop");
                });
        lifecycle.requestStop("test");
        assertThat(lifecycle.run()).isEqualTo(1);
        assertThat(events).endsWith("stop a");
    }

    @Test
    void endsWithOneWhenAPartGivesUp() {
        lifecycle.fail("protocol error");
        assertThat(lifecycle.run()).isEqualTo(1);
    }

    /** Goal: a real SIGTERM drains and ends with 0. Method: a process of its own. */
    @Test
    void endsOnSigterm() throws Exception {
        Process child =
                new ProcessBuilder(
                                ProcessHandle.current().info().command().orElse("java"),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Child.class.getName())
                        .redirectErrorStream(true)
                        .start();
        try (BufferedReader out = child.inputReader()) {
            List<String> lines = new ArrayList<>();
            String line;
            while ((line = out.readLine()) != null) {
                lines.add(line);
                if (line.contains("child started")) {
                    child.toHandle().destroy();
                }
            }
            assertThat(child.waitFor()).isZero();
            assertThat(lines)
                    .anyMatch(l -> l.contains("reason=\"SIGTERM\""))
                    .anyMatch(l -> l.contains("stopped the part"));
        } finally {
            child.destroyForcibly();
        }
    }

    /** The process of the test above. */
    static final class Child {
        public static void main(String[] args) {
            Lifecycle life = new Lifecycle("child", new Drain(Duration.ofSeconds(1)));
            life.start("part", () -> {}, () -> Log.get("child").info("stopped the part"));
            System.exit(life.run());
        }
    }
}
