package dev.ambit.demo.cluster;

import dev.ambit.demo.bed.BedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Command lines of our own programs, as the script {@code ambit} starts them.
 *
 * @param home the directory of the repository
 * @param java the Java launcher
 */
public record Programs(Path home, Path java) {

    /** Those of this process: AMBIT_HOME, or the directory above the working one. */
    public static Programs here() {
        String home = System.getenv().getOrDefault("AMBIT_HOME", "..");
        return new Programs(
                Path.of(home).toAbsolutePath().normalize(),
                Path.of(System.getProperty("java.home"), "bin", "java"));
    }

    /** A process of the mesh: ztunnel, waypoint, istiod or cni. */
    public List<String> process(String module) {
        List<String> command = start(module, module);
        command.add("dev.ambit." + module + ".Main");
        return command;
    }

    /** A part of the sample application. */
    public List<String> app() {
        List<String> command = start("demo", "app");
        command.add("dev.ambit.demo.app.Main");
        return command;
    }

    /** This program. */
    public List<String> demo() {
        List<String> command = start("demo", "demo");
        command.add("dev.ambit.demo.Main");
        return command;
    }

    private List<String> start(String module, String what) {
        Path directory = home.resolve(module);
        List<String> command = new ArrayList<>(List.of(java.toString()));
        Path options = directory.resolve(what.equals("app") ? "app.options" : "jvm.options");
        if (Files.exists(options)) {
            command.add("@" + options);
        }
        Path cache = directory.resolve("target/" + what + ".aot");
        if (Files.exists(cache)) {
            command.add("-XX:AOTCache=" + cache);
        }
        command.add("-cp");
        command.add(jar(directory) + ":" + directory.resolve("target/lib") + "/*");
        return command;
    }

    private static Path jar(Path directory) {
        Path target = directory.resolve("target");
        try (Stream<Path> files = Files.list(target)) {
            return files.filter(f -> f.toString().matches(".*/[a-z]+-[0-9.]+\\.jar"))
                    .findFirst()
                    .orElseThrow(() -> notBuilt(target));
        } catch (java.nio.file.NoSuchFileException e) {
            throw notBuilt(target);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static BedException notBuilt(Path target) {
        return new BedException(
                "AMB1621  a program is not built%n        where  %s%n        do     ./ambit build"
                        .formatted(target));
    }
}
