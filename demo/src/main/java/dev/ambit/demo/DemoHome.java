package dev.ambit.demo;

import dev.ambit.demo.cluster.Programs;
import dev.ambit.demo.cluster.RuntimeDirectory;
import java.nio.file.Path;

/**
 * Where the demo of this checkout keeps its files.
 *
 * @param state AMBIT_DEMO_STATE, or .ambit/demo in the repository
 */
record DemoHome(Path state, Programs programs) {

    static DemoHome here() {
        Programs programs = Programs.here();
        String state = System.getenv().getOrDefault("AMBIT_DEMO_STATE", "");
        return new DemoHome(
                state.isEmpty()
                        ? programs.home().resolve(".ambit/demo")
                        : Path.of(state).toAbsolutePath().normalize(),
                programs);
    }

    /** Gone when the demo is down. */
    RuntimeDirectory files() {
        return new RuntimeDirectory(state.resolve("run"));
    }

    /** The user's to edit. */
    Path manifests() {
        return state.resolve("manifests");
    }

    /** Unique on the machine: two checkouts may each run a demo. */
    String prefix() {
        return "ambit-%04x".formatted(state.toString().hashCode() & 0xffff);
    }
}
