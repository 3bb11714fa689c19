package dev.ambit.tests.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** J03: a process without heap ends at once, to be started again; it never lingers half dead. */
final class OutOfMemoryTest {

    private static final int EXIT_OF_THE_VIRTUAL_MACHINE = 3;

    @ParameterizedTest
    @ValueSource(strings = {"ztunnel", "waypoint"})
    void aProxyWithoutHeapEnds(String module) throws Exception {
        Path options = Path.of("..", module, "jvm.options").toAbsolutePath().normalize();
        Process eater =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "@" + options,
                                "-Xms24m",
                                "-Xmx32m",
                                "-cp",
                                Path.of("target", "test-classes").toAbsolutePath().toString(),
                                HeapEater.class.getName())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try {
            assertThat(eater.waitFor(60, TimeUnit.SECONDS)).as("it ends").isTrue();
            assertThat(eater.exitValue()).isEqualTo(EXIT_OF_THE_VIRTUAL_MACHINE);
        } finally {
            eater.destroyForcibly();
        }
    }
}
